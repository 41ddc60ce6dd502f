Describe 'Export-GrapReport' {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $null = New-Item -ItemType Directory -Path "$TestDrive/repo"
        Copy-Item -Path "$PSScriptRoot/../../samples/backups/*.grap" -Destination "$TestDrive/repo"
        $null = Invoke-GrapBackupJob -Repository "$TestDrive/repo" -CreateRepository -Uri bolt://127.0.0.1:1 6>$null
    }
    AfterEach { Clear-Setting }

    It 'writes one page about the repository' {
        $file = Export-GrapReport "$TestDrive/grap.html" -Repository "$TestDrive/repo"
        $page = Get-Content -LiteralPath $file.FullName -Raw
        foreach ($section in 'timeline', 'retention', 'jobs', 'backups', 'audit') { $page | Should -Match "<section id=`"$section`">" }
        $page | Should -Match 'ServerUnavailable'
        $page | Should -Not -Match '<script'
    }

    It 'shows what retention would do by the rules that it is given' {
        # The sample is the newest there, and older than a day: by days nothing is removed, by months there is no such rule.
        Copy-Item -Path "$PSScriptRoot/../../samples/backups" -Destination "$TestDrive/sample" -Recurse
        $days = Export-GrapReport "$TestDrive/days.html" -Repository "$TestDrive/sample" -KeepDays 1
        Get-Content -LiteralPath $days.FullName -Raw | Should -Match 'older than the 1 days to keep'
        $env:BACKUP_RETENTION_DAYS = '1'
        $setting = Export-GrapReport "$TestDrive/setting.html" -Repository "$TestDrive/sample"
        Get-Content -LiteralPath $setting.FullName -Raw | Should -Match 'older than the 1 days to keep'
        $months = Export-GrapReport "$TestDrive/months.html" -Repository "$TestDrive/sample" -KeepMonthly 12
        Get-Content -LiteralPath $months.FullName -Raw | Should -Not -Match 'older than the'
    }

    It 'replaces a page only with -Force' {
        Set-Content -LiteralPath "$TestDrive/mine.html" -Value 'mine'
        { Export-GrapReport "$TestDrive/mine.html" -Repository "$TestDrive/repo" } |
            Should -Throw -ErrorId (ErrorId TargetExists Export-GrapReport)
        Get-Content -LiteralPath "$TestDrive/mine.html" | Should -BeExactly 'mine'
        $null = Export-GrapReport "$TestDrive/mine.html" -Repository "$TestDrive/repo" -Force
        Get-Content -LiteralPath "$TestDrive/mine.html" -Raw | Should -Match 'Backups in'
    }

    It 'refuses a repository that is gone' {
        { Export-GrapReport "$TestDrive/none.html" -Repository "$TestDrive/gone" } |
            Should -Throw -ErrorId (ErrorId RepositoryUnavailable Export-GrapReport)
        "$TestDrive/none.html" | Should -Not -Exist
    }

    It 'says what keeps it from writing' {
        { Export-GrapReport "$TestDrive/none/grap.html" -Repository "$TestDrive/repo" } |
            Should -Throw -ErrorId (ErrorId ReportFailed Export-GrapReport)
    }

    It 'writes nothing with -WhatIf' {
        Export-GrapReport "$TestDrive/never.html" -Repository "$TestDrive/repo" -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/never.html" | Should -Not -Exist
    }
}
