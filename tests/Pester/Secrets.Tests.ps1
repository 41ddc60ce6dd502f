BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'The password' -Skip:$noServer {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $server = $global:GrapTestServer
        $env:NEO4J_URI = $server.Uri
        $env:NEO4J_AUTH = "neo4j/$($server.Password)"

        # Takes backups in a runspace of its own, one after the other, looks while one is under way, and stops them.
        function Watch-Backup([string] $Repository, [scriptblock] $Look) {
            $state = [initialsessionstate]::CreateDefault2()
            $state.ImportPSModule(@((Get-Module Grap).Path))
            $runspace = [runspacefactory]::CreateRunspace($state)
            $runspace.Open()
            $script = 'foreach ($number in 1..1000) { New-GrapBackup -Repository $args[0] }'
            $shell = [powershell]::Create($runspace).AddScript($script).AddArgument($Repository)
            try {
                $null = $shell.BeginInvoke()
                $clock = [System.Diagnostics.Stopwatch]::StartNew()
                while (-not (Test-Path -LiteralPath "$Repository/lock")) {
                    $clock.Elapsed.TotalSeconds | Should -BeLessThan 60
                    Start-Sleep -Milliseconds 10
                }
                & $Look
                $shell.InvocationStateInfo.State | Should -Be 'Running'
            }
            finally {
                $shell.Stop()
                $shell.Dispose()
                $runspace.Dispose()
            }
        }

        function Read-Bytes([string] $Path) {
            [System.Text.Encoding]::Latin1.GetString([System.IO.File]::ReadAllBytes($Path))
        }
    }
    AfterAll { Clear-Setting }

    It 'is in no stream and no file of a backup' {
        $text = & {
            $DebugPreference = 'Continue'
            $session = New-GrapSession -Verbose
            $session | Format-List *
            Get-GrapConfiguration | Format-List *
            New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Id one -Verify Structure -Verbose
            Invoke-GrapQuery 'RETURN 1' -Session $session -Verbose
            Remove-GrapSession $session -Verbose
        } *>&1 | Out-String
        $text | Should -Match 'one'
        $text | Should -Not -Match $server.Password
        foreach ($file in Get-ChildItem -LiteralPath "$TestDrive/repo" -Recurse -File) {
            Read-Bytes $file.FullName | Should -Not -Match $server.Password
        }
    }

    It 'is in nothing that a job writes, tells its hooks, or is exported of it' {
        $env:BACKUP_DIR = "$TestDrive/job"
        $env:GRAP_METRIC_FILE = "$TestDrive/job.prom"
        $told = [System.Collections.Generic.List[string]]::new()
        $hook = { $told.Add(($_ | Format-List * -Force | Out-String) + [System.Management.Automation.PSSerializer]::Serialize($_)) }
        try {
            $text = & {
                $DebugPreference = 'Continue'
                Invoke-GrapBackupJob -CreateRepository -Method Bolt -RestoreProofDays 0 -OnSuccess $hook -Verbose
                Invoke-GrapBackupJob -Method Bolt -RestoreProofDays 0 -Database nowhere -OnFailure $hook -Verbose
                Export-GrapMetric "$TestDrive/exported.prom" -Verbose
                Export-GrapReport "$TestDrive/exported.html" -Verbose
            } *>&1 | Out-String
        }
        finally { Remove-Item Env:BACKUP_DIR, Env:GRAP_METRIC_FILE }
        $told | Should -HaveCount 2
        foreach ($each in @($told) + $text) { $each | Should -Not -Match $server.Password }
        $files = Get-ChildItem -LiteralPath "$TestDrive/job", "$TestDrive/job.prom", "$TestDrive/exported.prom", "$TestDrive/exported.html" -Recurse -File -Force
        $files.Name | Should -Contain 'job.log'
        $files.Extension | Should -Contain '.html'
        @($files.Extension -eq '.prom') | Should -HaveCount 2
        foreach ($file in $files) { Read-Bytes $file.FullName | Should -Not -Match $server.Password }
    }

    It 'is in no error' {
        $Error.Clear()
        try { Invoke-GrapQuery 'NONSENSE' } catch { }
        try { New-GrapSession -Database nowhere } catch { }
        try { New-GrapSession -Uri bolt://127.0.0.1:1 } catch { }
        $Error.Count | Should -BeGreaterThan 0
        $Error | Format-List * -Force | Out-String | Should -Not -Match $server.Password
    }

    It 'is in no command line while a backup runs' {
        if (-not $IsLinux) { Set-ItResult -Skipped -Because 'only Linux shows the command lines of all processes in /proc' }
        Watch-Backup "$TestDrive/watched" {
            $lines = foreach ($folder in [System.IO.Directory]::GetDirectories('/proc')) {
                # A process that has ended meanwhile has no file any more.
                try { [System.IO.File]::ReadAllText("$folder/cmdline") } catch { }
            }
            $own = [System.IO.File]::ReadAllText('/proc/self/cmdline')
            $lines -ccontains $own | Should -BeTrue
            $lines -match $server.Password | Should -BeNullOrEmpty
        }
    }

    It 'is in no file that a backup uses, nor in what cancelled and failed ones leave' {
        $repository = "$TestDrive/broken-off"
        $seen = @{}
        Watch-Backup $repository {
            foreach ($round in 1..50) {
                foreach ($file in [System.IO.Directory]::GetFiles($repository)) {
                    # A file may be renamed or deleted between being listed and being read.
                    try { $seen[[System.IO.Path]::GetExtension($file)] += Read-Bytes $file } catch { }
                }
            }
        }
        try { New-GrapBackup -Repository $repository -Id '../outside' } catch { }
        try { New-GrapBackup -Repository $repository -Database nowhere } catch { }
        foreach ($file in Get-ChildItem -LiteralPath $repository -Recurse -File -Force) {
            $seen[$file.Extension] += Read-Bytes $file.FullName
        }
        # The lock, the unfinished archive and the identity at least.
        $seen.Count | Should -BeGreaterThan 2
        foreach ($text in $seen.Values) { $text | Should -Not -Match $server.Password }
    }

    It 'is not in the error of a wrong one' {
        $wrong = 'quite-wrong-' + [guid]::NewGuid().ToString('N')
        # Three wrong passwords would lock the user that all other tests use.
        $env:NEO4J_AUTH = "nobody/$wrong"
        try {
            $failure = try { New-GrapSession } catch { $_ }
            $failure.FullyQualifiedErrorId | Should -BeExactly (ErrorId AuthenticationFailed New-GrapSession)
            $failure | Format-List * -Force | Out-String | Should -Not -Match $wrong
            $failure.Exception.ToString() | Should -Not -Match $wrong
            $failure = try { New-GrapBackup -Repository "$TestDrive/refused" } catch { $_ }
            $failure.FullyQualifiedErrorId | Should -BeExactly (ErrorId AuthenticationFailed New-GrapBackup)
            $failure.Exception.ToString() | Should -Not -Match $wrong
            "$TestDrive/refused" | Should -Not -Exist
            # Where there is a repository, its audit log has the failure.
            try { New-GrapBackup -Repository "$TestDrive/repo" } catch { }
            (Get-GrapAuditLog -Repository "$TestDrive/repo" -First 1).Details['condition'] | Should -BeExactly 'AuthenticationFailed'
            Read-Bytes "$TestDrive/repo/journal.jsonl" | Should -Not -Match $wrong
        }
        finally { $env:NEO4J_AUTH = "neo4j/$($server.Password)" }
    }

    It 'is masked in the configuration, wherever it comes from: <Name> in <From>' -TestCases @(
        @{ From = 'environment'; Name = 'NEO4J_AUTH'; Value = 'neo4j/{0}' }
        @{ From = 'environment'; Name = 'NEO4J_AUTH'; Value = '{0}' }
        @{ From = 'environment'; Name = 'NEO4J_URI'; Value = 'bolt://neo/4j:{0}@db' }
        @{ From = 'file'; Name = 'NEO4J_AUTH'; Value = 'neo4j/{0}' }
    ) {
        $before = [System.Environment]::GetEnvironmentVariable($Name)
        $text = $Value -f $server.Password
        try {
            if ($From -eq 'file') {
                Set-Content -LiteralPath "$TestDrive/secret.env" -Value "$Name=$text"
                $env:GRAP_ENV_FILE = "$TestDrive/secret.env"
                Remove-Item "Env:$Name"
            }
            else { [System.Environment]::SetEnvironmentVariable($Name, $text) }
            $shown = Get-GrapConfiguration
            $shown.Name | Should -Contain $Name
            $shown | Format-List * -Force | Out-String | Should -Not -Match $server.Password
            [System.Management.Automation.PSSerializer]::Serialize($shown) | Should -Not -Match $server.Password
        }
        finally {
            Remove-Item Env:GRAP_ENV_FILE -ErrorAction Ignore
            [System.Environment]::SetEnvironmentVariable($Name, $before)
        }
    }
}
