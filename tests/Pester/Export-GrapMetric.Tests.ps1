Describe 'Export-GrapMetric' {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $null = New-Item -ItemType Directory -Path "$TestDrive/repo"
        Copy-Item -Path "$PSScriptRoot/../../samples/backups/*.grap" -Destination "$TestDrive/repo"
        $null = Invoke-GrapBackupJob -Repository "$TestDrive/repo" -CreateRepository -Uri bolt://127.0.0.1:1 6>$null
    }
    AfterEach { Clear-Setting }

    It 'writes a file that anybody may read' {
        $file = Export-GrapMetric "$TestDrive/grap.prom" -Repository "$TestDrive/repo"
        $file.Name | Should -BeExactly 'grap.prom'
        $text = Get-Content -LiteralPath $file.FullName
        $text -match '^grap_repository_up\{.*\} 1$' | Should -HaveCount 1
        $text -match '^grap_job_exit_code\{.*\} 3$' | Should -HaveCount 1
        if (-not $IsWindows) { "$($file.UnixFileMode)" | Should -Match 'OtherRead' }
    }

    It 'uses the settings' {
        $env:GRAP_METRIC_FILE = "$TestDrive/set.prom"
        $env:BACKUP_DIR = "$TestDrive/repo"
        (Export-GrapMetric).Name | Should -BeExactly 'set.prom'
    }

    It 'says that the repository is gone, in the file and as an error' {
        $file = Export-GrapMetric "$TestDrive/gone.prom" -Repository "$TestDrive/gone" -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId RepositoryUnavailable Export-GrapMetric)
        (Get-Content -LiteralPath $file.FullName) -match '^grap_repository_up\{.*\} 0$' | Should -HaveCount 1
    }

    It 'refuses a file that the node exporter would not read' {
        { Export-GrapMetric "$TestDrive/grap.txt" } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'needs to know where to write' {
        { Export-GrapMetric } | Should -Throw -ErrorId (ErrorId SettingInvalid Export-GrapMetric)
    }

    It 'says what keeps it from writing' {
        { Export-GrapMetric "$TestDrive/none/grap.prom" -Repository "$TestDrive/repo" } |
            Should -Throw -ErrorId (ErrorId MetricFileFailed Export-GrapMetric)
    }

    It 'writes nothing with -WhatIf' {
        Export-GrapMetric "$TestDrive/never.prom" -Repository "$TestDrive/repo" -WhatIf | Should -BeNullOrEmpty
        "$TestDrive/never.prom" | Should -Not -Exist
    }
}
