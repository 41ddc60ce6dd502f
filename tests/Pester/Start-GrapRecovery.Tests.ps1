# One walk: the machine of production is lost, and all that is left is a repository. What it holds is looked at in staging, and then promoted
# to a new, empty server. Each server that starts takes seconds; here are three: staging, the same once more to look at, and the new one.
BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Start-GrapRecovery' -Skip:(-not $global:GrapTestServer.Home) {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        . "$PSScriptRoot/OtherProcess.ps1"
        . "$PSScriptRoot/LabServer.ps1"
        $repository = "$TestDrive/backups"
        Copy-Item -Path "$PSScriptRoot/../../samples/backups" -Destination $repository -Recurse
        # Nothing listens there.
        $env:NEO4J_URI = 'bolt://127.0.0.1:9'
        $env:NEO4J_HOME = $global:GrapTestServer.Home
        $env:BACKUP_DIR = $repository
        $count = 'MATCH (n) RETURN count(n) AS nodes'
        function Test-Port([string] $Uri) {
            $client = [System.Net.Sockets.TcpClient]::new()
            try { $client.Connect('127.0.0.1', ([uri] $Uri).Port); $true } catch { $false } finally { $client.Dispose() }
        }
    }
    AfterAll {
        if (Get-GrapRecovery | Where-Object Status -NE NOT_RECOVERING) { Reset-GrapRecovery -Force | Out-Null }
        Clear-Setting
    }

    It 'shows with -WhatIf what a recovery needs, and restores nothing' {
        $preflight = Start-GrapRecovery harbour -WhatIf
        $preflight.CanRun | Should -BeTrue
        $preflight.Items.Subject | Should -Be 'Neo4j', 'Java', 'Schema', 'Space', 'Memory'
        $preflight.Items | Format-Table | Out-String | Should -Match 'Java +Met +\d+ or newer'
        (Start-GrapRecovery harbour -AsJob -WhatIf).CanRun | Should -BeTrue
        (Get-GrapRecovery neo4j).Status | Should -Be 'NOT_RECOVERING'
    }

    It 'refuses what contradicts itself' {
        { Start-GrapRecovery harbour -KeepRunning -Promote } | Should -Throw -ErrorId (ErrorId SettingInvalid Start-GrapRecovery)
        { Start-GrapRecovery harbour -Label Ship -Promote } | Should -Throw -ErrorId (ErrorId SettingInvalid Start-GrapRecovery)
        { Start-GrapRecovery harbour -Type AT -Promote } | Should -Throw -ErrorId (ErrorId SettingInvalid Start-GrapRecovery)
        { Start-GrapRecovery harbour -SchemaPath ./no.json -SkipSchemaCheck } | Should -Throw -ErrorId (ErrorId SettingInvalid Start-GrapRecovery)
        { Start-GrapRecovery harbour -SchemaPath ./no.json -Label Ship } | Should -Throw -ErrorId (ErrorId SettingInvalid Start-GrapRecovery)
        { Start-GrapRecovery harbour -SchemaPath ./no.json } | Should -Throw -ErrorId (ErrorId SchemaInvalid Start-GrapRecovery)
    }

    It 'has failed where it cannot be done here, says why, and is in nobody''s way' {
        $env:NEO4J_HOME = (New-Item -ItemType Directory -Path "$TestDrive/nothing").FullName
        $env:GRAP_SCHEMA = './no.json'
        try { $failed = Start-GrapRecovery harbour -SkipSchemaCheck -ErrorAction SilentlyContinue -ErrorVariable errors }
        finally {
            $env:NEO4J_HOME = $global:GrapTestServer.Home
            $env:GRAP_SCHEMA = $null
        }
        $errors.FullyQualifiedErrorId | Should -Be (ErrorId RecoveryFailed Start-GrapRecovery)
        $failed.Status | Should -Be 'RECOVERY_FAILED'
        "$($failed.ValidationErrors)" | Should -Match 'A Neo4j is needed'
        $failed.Preflight[0].Outcome | Should -Be 'Missing'
        (Get-GrapRecovery).Status | Should -Be 'RECOVERY_FAILED'
        @(Get-GrapAuditLog | Where-Object { $_.EntityType -eq 'recovery' -and $_.Result -eq 'failure' }).Operation | Should -Be 'RecoveryRestored'
        (Reset-GrapRecovery -Force).Status | Should -Be 'NOT_RECOVERING'
    }

    It 'offers the labels and types of the backup that is named, or of the newest' {
        (Complete 'Start-GrapRecovery harbour -Label ').CompletionText | Should -Contain 'Ship'
        $offers = Complete 'Start-GrapRecovery -Label Sh'
        $offers.CompletionText | Should -Be 'Ship'
        $offers.ToolTip | Should -Match '^4 nodes in harbour'
        (Complete 'Start-GrapRecovery harbour -Type ').CompletionText | Should -Contain 'SAILED'
        Complete 'Start-GrapRecovery nothing -Label ' | Should -BeNullOrEmpty
    }

    It 'refuses a label that the backup has not, and touches nothing' {
        { Start-GrapRecovery harbour -Label ship -ErrorAction Stop } | Should -Throw -ErrorId (ErrorId SettingInvalid Start-GrapRecovery)
        (Get-GrapRecovery neo4j).Status | Should -Be 'NOT_RECOVERING'
    }

    It 'recovers a part, says so everywhere, and lets nobody promote it' {
        $env:PROMOTE_AFTER_VALIDATION = 'true'
        try {
            $part = Start-GrapRecovery harbour -Label Ship, Voyage -Type SAILED -Assertion @(
                'MATCH (n) RETURN n:Ship OR n:Voyage'
                'MATCH ()-[r]->() RETURN type(r) = "SAILED"')
        }
        finally { $env:PROMOTE_AFTER_VALIDATION = $null }
        $part.Status | Should -Be 'RECOVERY_SUCCESS'
        $counts = (Get-GrapBackup harbour).Manifest.Counts
        $part.Staged.Nodes | Should -Be ($counts.NodesByLabel['Ship'] + $counts.NodesByLabel['Voyage'])
        $part.Staged.Relationships | Should -Be $counts.RelationshipsByType['SAILED']
        "$((Get-GrapRecovery).Part.Labels)" | Should -Be 'Ship Voyage'
        $part | Format-List | Out-String | Should -Match 'Part +: nodes \(:`Ship`\|`Voyage`\)'
        $validated = @(Get-GrapAuditLog | Where-Object { $_.Operation -eq 'RecoveryValidated' -and $_.Details['part'] })
        $validated | Should -HaveCount 1
        $validated[0].Details['part'] | Should -Match 'Ship'
        { $part | Invoke-GrapPromotion -StopCommand 'true' -StartCommand 'true' -Strategy Swap -Force -ErrorAction Stop } |
            Should -Throw -ErrorId (ErrorId RecoveryStateInvalid Invoke-GrapPromotion)
        { $part | Invoke-GrapPromotion -StopCommand 'true' -StartCommand 'true' -Strategy Swap -WhatIf -ErrorAction Stop } |
            Should -Throw -ErrorId (ErrorId RecoveryStateInvalid Invoke-GrapPromotion)
        Reset-GrapRecovery -Force | Out-Null
    }

    It 'can be stopped as a job, and leaves nothing' {
        $job = Get-GrapBackup harbour | Start-GrapRecovery -AsJob
        while ($job.State -eq 'Running' -and (Get-GrapRecovery neo4j).Status -eq 'NOT_RECOVERING') { Start-Sleep -Milliseconds 50 }
        $folder = (Get-GrapRecovery neo4j).StagingFolder
        Stop-Job $job
        $job.State | Should -Be 'Stopped'
        (Get-GrapRecovery neo4j).ValidationErrors | Should -BeNullOrEmpty
        (Get-GrapRecovery neo4j).Status | Should -Be 'NOT_RECOVERING'
        Test-Path -LiteralPath $folder | Should -BeFalse
        Remove-Job $job
    }

    It 'fails as a job with the error that it has elsewhere' {
        $job = Start-GrapRecovery nothing -AsJob
        Wait-Job $job | ForEach-Object State | Should -Be 'Failed'
        Receive-Job $job -ErrorVariable errors -ErrorAction SilentlyContinue
        $errors.FullyQualifiedErrorId | Should -Be (ErrorId BackupNotFound Start-GrapRecovery)
        Remove-Job $job
    }

    It 'recovers as a job, and leaves its server running when the process ends' {
        Set-Content -LiteralPath "$TestDrive/schema.json" -Value @'
            {"version": 1, "labels": {"Ship": {"required": true}},
             "rules": [{"name": "It holds", "cypher": "RETURN 0"}, {"name": "It warns", "cypher": "RETURN 2", "severity": "warn"}]}
'@
        $script = "$TestDrive/recover.ps1"
        Set-Content -LiteralPath $script -Value @"
            Import-Module '$((Get-Module Grap).Path)'
            Set-Location '$TestDrive'
            `$job = Start-GrapRecovery harbour -Assertion 'MATCH (n) RETURN count(n) > 0' -SchemaPath ./schema.json -KeepRunning -AsJob -Repository ./backups
            `$null = Wait-Job `$job
            `$told = `$job.Progress.Count -gt 0
            `$warned = "`$(`$job.Warning)"
            `$recovered = Receive-Job `$job -WarningAction SilentlyContinue
            [pscustomobject]@{
                Listed = (Get-Job).Id -eq `$job.Id
                State = "`$(`$job.State)"
                Told = `$told
                Warned = `$warned
                Status = `$recovered.Status
                Preflight = @(`$recovered.Preflight.Outcome | ForEach-Object ToString)
                Login = `$recovered.StagingCredential.UserName
            } | ConvertTo-Json -Compress
"@
        $process = Start-Script $script @{ PROMOTE_AFTER_VALIDATION = 'true' }
        $line = $process.StandardOutput.ReadLine()
        $process.WaitForExit()
        $told = $line | ConvertFrom-Json
        $told.Listed | Should -BeTrue
        $told.State | Should -Be 'Completed'
        $told.Told | Should -BeTrue
        $told.Status | Should -Be 'RECOVERY_SUCCESS'
        $told.Warned | Should -Match "Rule 'It warns' does not hold: 2 times"
        $told.Warned | Should -Not -Match 'It holds'
        $told.Preflight | Should -Not -Contain 'Missing'
        $told.Login | Should -Be 'neo4j'
    }

    It 'lets the server be looked at, but not changed' {
        $seen = Get-GrapRecovery
        $staging = New-GrapSession $seen.StagingServer.Uri $seen.StagingCredential
        (Invoke-GrapQuery $count -Session $staging).nodes | Should -Be (Get-GrapBackup harbour).Nodes
        { Invoke-GrapQuery 'CREATE ()' -Session $staging -WarningAction Ignore } | Should -Throw -ErrorId (ErrorId QueryFailed Invoke-GrapQuery)
        Remove-GrapSession $staging
        $password = $seen.StagingCredential.GetNetworkCredential().Password
        "$($seen | Format-List * | Out-String) $($seen | ConvertTo-Json -Depth 9)" | Should -Not -Match $password
        foreach ($file in Get-ChildItem -LiteralPath $repository -File) {
            [System.IO.File]::ReadAllText($file.FullName) | Should -Not -Match $password
        }
    }

    It 'stops the server, and keeps the result' {
        $uri = (Get-GrapRecovery).StagingServer.Uri
        Stop-GrapRecovery -WhatIf
        Test-Port $uri | Should -BeTrue
        $stopped = Stop-GrapRecovery
        $stopped.Status | Should -Be 'RECOVERY_SUCCESS'
        $stopped.StagingServer | Should -BeNullOrEmpty
        Test-Port $uri | Should -BeFalse
        { Stop-GrapRecovery -ErrorAction Stop } | Should -Throw -ErrorId (ErrorId RecoveryStateInvalid Stop-GrapRecovery)
    }

    It 'promotes to a new and empty server on another machine, which then holds what the lost one held' {
        $server = Start-LabServer
        $server.Problem | Should -BeNullOrEmpty
        try {
            $new = New-GrapSession $server.Uri $server.Credential
            $plan = Invoke-GrapPromotion -Session $new -WhatIf -WarningVariable warned -WarningAction SilentlyContinue
            $plan.Atomic | Should -BeFalse
            # Before it asks, since it may have been meant for another server.
            $plan.Remarks | Should -Match 'not the database that backup'
            "$warned" | Should -Match 'not the database that backup ''harbour'' was taken of'
            $result = Invoke-GrapPromotion -Session $new -Force -WarningAction SilentlyContinue
            $result.Status | Should -Be 'PROMOTED'
            $result.Equal | Should -BeTrue
            (Compare-GrapBackup harbour -Session $new).Equal | Should -BeTrue
            (Invoke-GrapQuery $count.Replace('(n)', '(n:!GrapProjection)') -Session $new).nodes | Should -Be (Get-GrapBackup harbour).Nodes
            (Undo-GrapPromotion -Session $new -Force -WarningAction SilentlyContinue).Equal | Should -BeTrue
            (Invoke-GrapQuery $count.Replace('(n)', '(n:!GrapProjection)') -Session $new).nodes | Should -Be 0
            Remove-GrapSession $new
        }
        finally {
            $server.Process.StandardInput.Close()
            $server.Process.WaitForExit()
        }
    }

    It 'lets the record go that names a machine that is gone' {
        $record = "$repository/neo4j.recovery"
        $text = Get-Content -LiteralPath $record -Raw
        $folder = (Get-GrapRecovery).StagingFolder
        Set-Content -LiteralPath $record -Value $text.Replace([System.Environment]::MachineName, 'lost') -NoNewline
        { Reset-GrapRecovery -Force -ErrorAction Stop } | Should -Throw -ErrorId (ErrorId NotSupported Reset-GrapRecovery)
        (Reset-GrapRecovery -MachineLost -Force).Status | Should -Be 'NOT_RECOVERING'
        Test-Path -LiteralPath $folder | Should -BeTrue
        Remove-Item -LiteralPath $folder -Recurse
    }
}
