BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Invoke-GrapBackupJob' {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        . "$PSScriptRoot/OtherProcess.ps1"
    }
    AfterEach { Clear-Setting }

    It 'ends with a number of its own where <Case>' -TestCases @(
        @{ Case = 'the repository is gone'; Code = 5; Outcome = 'RepositoryUnavailable'; Parameters = @{ Repository = 'gone' } }
        @{ Case = 'no server is there'; Code = 3; Outcome = 'ServerUnavailable'; Parameters = @{ Uri = 'bolt://127.0.0.1:1'; CreateRepository = $true } }
        @{ Case = 'the schedule makes no sense'; Code = 7; Outcome = 'ConfigurationInvalid'; Parameters = @{ Cron = '0 0 2 * * *' } }
        @{ Case = 'the metrics would go where nobody reads them'; Code = 7; Outcome = 'ConfigurationInvalid'; Parameters = @{ MetricPath = 'grap.txt' } }
    ) {
        $result = Invoke-GrapBackupJob @Parameters 6>$null
        $result.ExitCode | Should -Be $Code
        $result.Outcome | Should -Be $Outcome
        $result.Problem | Should -Not -BeNullOrEmpty
        "$($result.Condition)" | Should -Not -BeNullOrEmpty
        $result.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'writes its log where Write-Host writes, and returns its result alone' {
        $lines = Invoke-GrapBackupJob -Repository gone -LogFormat Json 6>&1 | Where-Object { $_ -is [System.Management.Automation.InformationRecord] }
        $last = "$($lines[-1])" | ConvertFrom-Json
        $last.step | Should -BeExactly 'end'
        $last.exit_code | Should -Be 5
        $last.level | Should -BeExactly 'ERROR'
    }

    It 'does nothing with -WhatIf' {
        Invoke-GrapBackupJob -Repository "$TestDrive/none" -CreateRepository -Uri bolt://127.0.0.1:1 -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/none" | Should -Not -Exist
    }

    It 'calls OnFailure with the result, and not OnSuccess' {
        $script:seen = $null
        $result = Invoke-GrapBackupJob -Uri bolt://127.0.0.1:1 -Repository "$TestDrive/hooks" -CreateRepository -OnFailure { $script:seen = $_.ExitCode, $args[0].Outcome } -OnSuccess { throw 'no' } 6>$null
        $script:seen | Should -Be 3, 'ServerUnavailable'
        $result.ExitCode | Should -Be 3
    }

    Context 'with a server' -Skip:$noServer {
        BeforeEach {
            $server = $global:GrapTestServer
            $env:NEO4J_URI = $server.Uri
            $env:NEO4J_AUTH = "neo4j/$($server.Password)"
            $env:BACKUP_DIR = "$TestDrive/repo"
            $env:GRAP_METRIC_FILE = "$TestDrive/grap.prom"
        }

        It 'takes a backup, proves it, applies retention, and tells everybody the same' {
            $result = Invoke-GrapBackupJob -CreateRepository -Method Bolt -RestoreProofDays 0 6>$null
            $result.ExitCode | Should -Be 0
            $result.Backup.VerifiedLevel | Should -Be 'Structure'
            @($result.Steps | Where-Object Result -EQ Succeeded).Name | Should -Be 'lock', 'backup', 'verify', 'retention', 'metrics', 'audit'
            $entry = Get-GrapAuditLog BackupJobRun -First 1
            $entry.Result | Should -BeExactly 'success'
            $entry.Details['exitCode'] | Should -BeExactly '0'
            Get-Content -LiteralPath "$TestDrive/grap.prom" | Should -Contain "grap_job_exit_code{repository=`"$($result.Repository)`",backup_job=`"backup`"} 0"
            (Get-Content -LiteralPath "$TestDrive/grap.prom") -match '^grap_health_status\{.*\} 1$' | Should -HaveCount 1
            (Get-Content -LiteralPath "$TestDrive/grap.prom") -match '^grap_health_check_status\{.*check="connectivity",status="pass"\} 1$' | Should -HaveCount 1
            $result.Health.Database | Should -BeExactly 'neo4j'
            Get-Content -LiteralPath "$TestDrive/repo/job.log" | Select-Object -Last 1 | Should -BeLike '*end succeeded*exit code 0'
            (Invoke-GrapQuery "MATCH (a:AuditLogEntry {operation: 'BackupJobRun'}) RETURN count(a) AS entries").entries | Should -BeGreaterThan 0
        }

        It 'keeps by the rules that it is given, and not for the days of the settings' {
            $env:BACKUP_DIR = "$TestDrive/rules"
            foreach ($id in 'one', 'two') { $null = New-GrapBackup -Id $id -Method Bolt }
            $result = Invoke-GrapBackupJob -Method Bolt -RestoreProofDays 0 -KeepLast 2 6>$null
            $result.ExitCode | Should -Be 0
            (Get-GrapBackup).Id | Should -Be $result.Backup.Id, 'two'
            (Get-GrapBackup -Trashed).Id | Should -Be 'one'
        }

        It 'proves by restoring where that was last done a week ago, and then health knows of no orphan' -Skip:(-not $global:GrapTestServer.Home) {
            $env:BACKUP_DIR = "$TestDrive/weekly"
            $env:NEO4J_HOME = $server.Home
            $weekly = Invoke-GrapBackupJob -CreateRepository 6>$null
            $weekly.ExitCode | Should -Be 0
            $weekly.Backup.Method | Should -Be 'HotCopy'
            $weekly.Backup.VerifiedLevel | Should -Be 'Restore'
            $slow = Invoke-GrapBackupJob -MaxBytesPerSecond 512KB 6>$null
            $slow.Backup.VerifiedLevel | Should -Be 'Structure'
            $bytes = ($slow.Backup.Manifest.Physical.Files | Measure-Object -Property Length -Sum).Sum
            ($slow.Steps | Where-Object Name -EQ backup).Duration.TotalSeconds | Should -BeGreaterThan (($bytes - 1MB) / 512KB)
            $orphans = (Get-GrapHealth).Checks | Where-Object Name -EQ 'orphan_detection'
            $orphans.Status | Should -Be 'Pass'
            $orphans.Message | Should -BeLike "*$($weekly.Backup.Id)*"
        }

        It 'says wrong password everywhere, and the password nowhere' {
            $env:NEO4J_AUTH = 'neo4j/open-sesame'
            $result = Invoke-GrapBackupJob -CreateRepository -RestoreProofDays 0 -OnFailure { $null = 1 } 6>&1 | Tee-Object -Variable everything | Select-Object -Last 1
            $result.ExitCode | Should -Be 4
            $result.Condition | Should -Be 'AuthenticationFailed'
            (Get-GrapAuditLog BackupJobRun -First 1).Details['exitCode'] | Should -BeExactly '4'
            Get-Content -LiteralPath "$TestDrive/grap.prom" | Should -Contain "grap_job_exit_code{repository=`"$($result.Repository)`",backup_job=`"backup`"} 4"
            $everything | Out-String | Should -Not -Match 'sesame'
            foreach ($file in Get-ChildItem -LiteralPath "$TestDrive/repo" -File -Force) {
                [System.Text.Encoding]::Latin1.GetString([System.IO.File]::ReadAllBytes($file.FullName)) | Should -Not -Match 'sesame'
            }
        }

        It 'says that it could not be proven where no Neo4j can be had for a proof by restoring' {
            $env:NEO4J_HOME = "$TestDrive"
            $result = Invoke-GrapBackupJob -CreateRepository -Verify Restore -Method Bolt 6>$null
            $result.ExitCode | Should -Be 8
            $result.Backup.Status | Should -Be 'Available'
        }

        It 'is told by the next run that it was killed, which does everything again' {
            $script = "$TestDrive/killed.ps1"
            Set-Content -LiteralPath $script -Value "Import-Module '$((Get-Module Grap).Path -replace '\.psm1$', '.psd1')'",
                'Invoke-GrapBackupJob -Method Bolt -RestoreProofDays 0 -CreateRepository -OnSuccess { Write-Host "now"; Start-Sleep 120 }'
            $env:BACKUP_DIR = "$TestDrive/killed"
            $process = Start-Script $script
            try {
                do { $line = $process.StandardOutput.ReadLine() } until ($line -eq 'now' -or $null -eq $line)
                $line | Should -BeExactly 'now'
                # While it runs, another one has no business there.
                (Invoke-GrapBackupJob -RestoreProofDays 0 6>$null).ExitCode | Should -Be 2
                (Get-Content -LiteralPath "$TestDrive/grap.prom") -match '^grap_job_running\{.*\} 1$' | Should -HaveCount 1
            }
            finally { $process.Kill() }
            $process.WaitForExit()
            $result = Invoke-GrapBackupJob -Method Bolt -RestoreProofDays 0 6>$null
            $result.ExitCode | Should -Be 0
            $result.InterruptedRun | Should -Not -BeNullOrEmpty
            @(Get-GrapBackup) | Should -HaveCount 2
            $ends = Get-GrapAuditLog BackupJobRun -Oldest
            $ends.Result | Should -Be 'failure', 'failure', 'success'
            $ends[1].Details['condition'] | Should -BeExactly 'Interrupted'
            $ends[1].Details['run'] | Should -BeExactly $result.InterruptedRun
            (Get-Content -LiteralPath "$TestDrive/grap.prom") -match '^grap_job_interrupted_runs\{.*\} 1$' | Should -HaveCount 1
        }

        It 'runs by its schedule until it is stopped, which takes less than a second' {
            $state = [initialsessionstate]::CreateDefault2()
            $state.ImportPSModule(@((Get-Module Grap).Path))
            $runspace = [runspacefactory]::CreateRunspace($state)
            $runspace.Open()
            $shell = [powershell]::Create($runspace).AddScript('Invoke-GrapBackupJob -Schedule -CreateRepository -Cron "0 0 1 1 *"')
            try {
                $null = $shell.BeginInvoke()
                $clock = [System.Diagnostics.Stopwatch]::StartNew()
                while ($shell.Streams.Information.Count -eq 0) {
                    $clock.Elapsed.TotalSeconds | Should -BeLessThan 30
                    Start-Sleep -Milliseconds 50
                }
                "$($shell.Streams.Information[0])" | Should -BeLike '*The next run of schedule*'
                $clock.Restart()
                $shell.Stop()
                $clock.Elapsed.TotalSeconds | Should -BeLessThan 1
            }
            finally {
                $shell.Dispose()
                $runspace.Dispose()
            }
        }
    }
}
