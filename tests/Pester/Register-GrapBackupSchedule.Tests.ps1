BeforeDiscovery {
    . "$PSScriptRoot/SharedServer.ps1"
    # A crontab of one's own can be written without being root, but only root can start cron here.
    $noCron = -not $IsLinux -or (id -u) -ne 0 -or -not (Get-Command cron, crontab -CommandType Application -ErrorAction Ignore)
}

Describe 'Register-GrapBackupSchedule' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }
    AfterEach { Clear-Setting }

    It 'refuses <Cron> with ScheduleInvalid' -TestCases @(
        @{ Cron = '0 0 2 * * *' }
        @{ Cron = '0 0 13 * 5' }
        @{ Cron = '@reboot' }
        @{ Cron = '0 0 30 2 *' }
    ) {
        { Register-GrapBackupSchedule -Cron $Cron -Repository "$TestDrive/none" } | Should -Throw -ErrorId (ErrorId ScheduleInvalid Register-GrapBackupSchedule)
        "$TestDrive/none" | Should -Not -Exist
    }

    It 'refuses the name <Name>' -TestCases @(@{ Name = '../x' }, @{ Name = 'a b' }, @{ Name = "a`nb" }) {
        { Register-GrapBackupSchedule $Name } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'needs a PowerShell and a file of settings that are there' -Skip:$noCron {
        { Register-GrapBackupSchedule -PowerShellPath "$TestDrive/none" -Scheduler Cron } | Should -Throw -ErrorId (ErrorId SettingInvalid Register-GrapBackupSchedule)
        { Register-GrapBackupSchedule -EnvFile "$TestDrive/none" -PowerShellPath /bin/sh -Scheduler Cron } | Should -Throw -ErrorId (ErrorId SettingInvalid Register-GrapBackupSchedule)
    }

    It 'refuses a scheduler of another system' -Skip:(-not $IsLinux) {
        { Register-GrapBackupSchedule -Scheduler TaskScheduler -PowerShellPath /bin/sh } | Should -Throw -ErrorId (ErrorId SchedulerUnavailable Register-GrapBackupSchedule)
    }

    Context 'on Linux' -Skip:(-not $IsLinux) {
        BeforeAll {
            . "$PSScriptRoot/OtherProcess.ps1"
            # What would be registered is said before anything is, and needs no scheduler.
            function Rehearse([hashtable] $More = @{}) {
                Register-GrapBackupSchedule -Scheduler Systemd -PowerShellPath /bin/sh -WhatIf @More
            }
        }

        It 'passes on what the job is to know' {
            $more = @{
                Repository = "$TestDrive/none"; Method = 'Bolt'; DataPath = 'data'; MaxBytesPerSecond = 50MB; RequireExact = $true; Tag = 'a b', "it's"
                Verify = 'Checksum'; RestoreProofDays = 9; RetentionEveryDays = 10; KeepDays = 1; KeepLast = 2; KeepDaily = 3; KeepWeekly = 4; KeepMonthly = 5
                KeepYearly = 6; Minimum = 7; GraceDays = 8; MetricPath = 'grap.prom'; LogFormat = 'Json'; Verbose = $true
            }
            $said = "$(Rehearse $more 4>&1)"
            $folder = [System.IO.Path]::GetFullPath($TestDrive)
            $said | Should -BeLike ("*-Method 'Bolt' -DataPath '$folder/data' -MaxBytesPerSecond 52428800 -RequireExact -Tag 'a b','it''s' -Verify 'Checksum' " +
                "-RestoreProofDays 9 -RetentionEveryDays 10 -KeepDays 1 -KeepLast 2 -KeepDaily 3 -KeepWeekly 4 -KeepMonthly 5 -KeepYearly 6 -Minimum 7 -GraceDays 8 " +
                "-MetricPath '$folder/grap.prom' -LogFormat 'Json').ExitCode*")
        }

        It 'passes on nothing that was not given' {
            "$(Rehearse @{ Repository = "$TestDrive/none"; Cron = '0 2 * * *'; Verbose = $true } 4>&1)" |
                Should -BeLike "*exit (Invoke-GrapBackupJob 'backup' -Repository '*none' -Cron '0 2 `* `* `*').ExitCode*"
        }

        It 'warns once of all settings that only the environment of the session has, and says no value' {
            $env:NEO4J_URI = 'bolt://db.hidden:7687'
            $env:NEO4J_AUTH = 'neo4j/open-sesame'
            $env:NEO4J_DATA = '/hidden/data'
            $env:BACKUP_RETENTION_DAYS = '4711'
            $env:GRAP_METRIC_FILE = '/hidden/grap.prom'
            $env:GRAP_HEARTBEAT_URL = 'https://hidden.example/sesame'
            # These two the command line of the job has.
            $env:BACKUP_DIR = "$TestDrive/none"
            $env:BACKUP_SCHEDULE = '0 3 * * *'
            $warnings = @(Rehearse 3>&1)
            $warnings | Should -HaveCount 1
            "$warnings" | Should -Match 'does not have: NEO4J_URI, NEO4J_AUTH, NEO4J_DATA, BACKUP_RETENTION_DAYS, GRAP_METRIC_FILE, GRAP_HEARTBEAT_URL\.'
            "$warnings" | Should -Match '-EnvFile'
            "$warnings" | Should -Not -Match 'hidden|sesame|4711|BACKUP_DIR|BACKUP_SCHEDULE'
            "$(Rehearse @{ DataPath = '/data'; MetricPath = '/grap.prom' } 3>&1)" | Should -Match 'have: NEO4J_URI, NEO4J_AUTH, BACKUP_RETENTION_DAYS, GRAP_HEARTBEAT_URL\.'
        }

        It 'does not warn of what the file of the job sets too' {
            Set-Content -LiteralPath "$TestDrive/job.env" -Value 'NEO4J_URI=bolt://db:7687', 'NEO4J_AUTH=neo4j/sesame'
            $env:NEO4J_URI = 'bolt://db:7687'
            Rehearse @{ EnvFile = "$TestDrive/job.env" } 3>&1 | Should -BeNullOrEmpty
            $env:LOG_LEVEL = 'DEBUG'
            "$(Rehearse @{ EnvFile = "$TestDrive/job.env" } 3>&1)" | Should -Match 'have: LOG_LEVEL\.'
        }

        It 'takes repository and time from the file that it is given, before the environment of the session' {
            Set-Content -LiteralPath "$TestDrive/place.env" -Value "BACKUP_DIR=$TestDrive/of file", 'BACKUP_SCHEDULE=7 3 * * *'
            $env:BACKUP_DIR = "$TestDrive/session"
            $env:BACKUP_SCHEDULE = '0 1 * * *'
            $shown = "$(Rehearse @{ EnvFile = "$TestDrive/place.env"; Verbose = $true } 4>&1)"
            $shown | Should -Match 'of file'
            $shown | Should -Match '7 3 \* \* \*'
            $shown | Should -Not -Match '/session'
            $given = "$(Rehearse @{ EnvFile = "$TestDrive/place.env"; Verbose = $true; Repository = "$TestDrive/given"; Cron = '5 5 * * *' } 4>&1)"
            $given | Should -Match '/given'
            $given | Should -Match '5 5 \* \* \*'
        }

        It 'refuses a file of settings that the job could not read' {
            Set-Content -LiteralPath "$TestDrive/bad.env" -Value 'NEO4J_URI'
            { Rehearse @{ EnvFile = "$TestDrive/bad.env" } } | Should -Throw -ErrorId (ErrorId SettingInvalid Register-GrapBackupSchedule)
        }

        It 'has a script in its documentation that runs a job with hooks' {
            $page = Get-Content -LiteralPath "$PSScriptRoot/../../docs/schedules.md" -Raw
            $code = [regex]::Match($page, '(?s)```powershell\r?\n(.*?)```').Groups[1].Value
            $places = [ordered]@{
                '/etc/grap/grap.env' = "$TestDrive/hooks.env"
                '/var/backups/graph' = "$TestDrive/hooks"
                '/var/log/grap-failures.log' = "$TestDrive/failures.log"
                'Import-Module Grap' = "Import-Module '$((Get-Module Grap).Path -replace '\.psm1$', '.psd1')'"
            }
            foreach ($place in $places.Keys) {
                $code.Contains($place) | Should -BeTrue
                $code = $code.Replace($place, $places[$place])
            }
            Set-Content -LiteralPath "$TestDrive/nightly.ps1" -Value $code
            Set-Content -LiteralPath "$TestDrive/hooks.env" -Value 'NEO4J_URI=bolt://127.0.0.1:1'
            $null = Invoke-GrapBackupJob -Repository "$TestDrive/hooks" -CreateRepository -Uri bolt://127.0.0.1:1 6>$null
            $process = Start-Script "$TestDrive/nightly.ps1"
            $null = $process.StandardOutput.ReadToEnd()
            $process.WaitForExit()
            $process.ExitCode | Should -Be 3
            Get-Content -LiteralPath "$TestDrive/failures.log" | Should -Match ' ServerUnavailable: .'
        }
    }

    Context 'with cron' -Skip:$noCron {
        BeforeAll {
            # What a schedule runs is pwsh -NoProfile -NonInteractive -Command SCRIPT. Where there is none, the project's own host does.
            $powerShell = "$TestDrive/it's 100% power shell"
            $real = Get-Command pwsh -CommandType Application -ErrorAction Ignore
            $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
            $hostAssembly = Get-ChildItem -Path "$root/artifacts/host/Grap.Host.dll", "$root/artifacts/bin/Grap.Host/*/Grap.Host.dll" -ErrorAction Ignore | Select-Object -First 1
            $dotnet = (Get-Command dotnet -CommandType Application | Select-Object -First 1).Source
            $run = if ($real) { "exec '$(@($real)[0].Source)' `"`$@`"" }
            else { "printf '%s' `"`$4`" > '$TestDrive/job.ps1'; exec '$dotnet' '$($hostAssembly.FullName)' '$TestDrive/job.ps1'" }
            Set-Content -LiteralPath $powerShell -Value '#!/bin/sh', "export HOME=/root DOTNET_ROOT='$(Split-Path $dotnet)'", $run
            chmod 755 $powerShell
            $name = "pester-$PID"
            function Register([hashtable] $More = @{}) {
                Register-GrapBackupSchedule $name -Cron '* * * * *' -Scheduler Cron -PowerShellPath $powerShell -Repository "$TestDrive/re'po %1" @More
            }
        }
        AfterEach { Get-GrapBackupSchedule -Scheduler Cron | Where-Object Name -EQ $name | Unregister-GrapBackupSchedule -Force }

        It 'registers, shows and removes a schedule, and leaves the rest of the table alone' {
            $before = crontab -l 2>$null | Out-String
            $schedule = Register
            $schedule.Name | Should -BeExactly $name
            $schedule.Cron | Should -BeExactly '* * * * *'
            $schedule.Program | Should -BeExactly $powerShell
            $schedule.Repository | Should -BeExactly ([System.IO.Path]::GetFullPath("$TestDrive/re'po %1"))
            $schedule.NextRuns | Should -HaveCount 3
            Register | Out-Null
            @(Get-GrapBackupSchedule $name) | Should -HaveCount 1
            (Get-GrapAuditLog ScheduleRegistered -Repository $schedule.Repository -First 1).EntityId | Should -BeExactly $name
            Unregister-GrapBackupSchedule $name -Force
            (Get-GrapAuditLog ScheduleUnregistered -Repository $schedule.Repository -First 1).Result | Should -BeExactly 'success'
            crontab -l 2>$null | Out-String | Should -BeExactly $before
            { Get-GrapBackupSchedule $name -ErrorAction Stop } | Should -Throw -ErrorId (ErrorId ScheduleNotFound Get-GrapBackupSchedule)
            { Unregister-GrapBackupSchedule $name -Force -ErrorAction Stop } | Should -Throw -ErrorId (ErrorId ScheduleNotFound Unregister-GrapBackupSchedule)
        }

        It 'changes nothing with -WhatIf' {
            $before = crontab -l 2>$null | Out-String
            Register @{ WhatIf = $true } | Should -BeNullOrEmpty
            crontab -l 2>$null | Out-String | Should -BeExactly $before
        }

        It 'puts no password into the table, and warns of one that the job would not have' {
            $env:NEO4J_AUTH = 'neo4j/open-sesame'
            Register 3>&1 | Out-String | Should -Match 'NEO4J_AUTH'
            crontab -l | Out-String | Should -Not -Match 'sesame'
        }

        It 'is run by a real cron' -Skip:($noCron -or $noServer) {
            $server = $global:GrapTestServer
            $settings = "$TestDrive/it's 100% mine.env"
            Set-Content -LiteralPath $settings -Value "NEO4J_URI=$($server.Uri)", "NEO4J_AUTH=neo4j/$($server.Password)"
            chmod 600 $settings
            $schedule = Register @{ EnvFile = $settings; RestoreProofDays = 0; MetricPath = "$TestDrive/cron.prom" }
            $cron = [System.Diagnostics.Process]::Start('cron', '-f')
            try {
                $clock = [System.Diagnostics.Stopwatch]::StartNew()
                do {
                    Start-Sleep -Milliseconds 500
                    $entry = Get-GrapAuditLog BackupJobRun -Repository $schedule.Repository -First 1 -ErrorAction Ignore
                } until ($entry -or $clock.Elapsed.TotalSeconds -gt 120)
            }
            finally { $cron.Kill() }
            $entry.Details['exitCode'] | Should -BeExactly '0'
            @(Get-GrapBackup -Repository $schedule.Repository)[0].VerifiedLevel | Should -Be 'Structure'
            "$TestDrive/cron.prom" | Should -Exist
        }
    }
}
