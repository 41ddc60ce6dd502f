Describe 'Get-GrapConfiguration' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }
    AfterEach {
        Clear-Setting
        Remove-Item -LiteralPath "$TestDrive/.env" -Force -ErrorAction Ignore
        Set-Location -LiteralPath $TestDrive
    }

    It 'shows every setting with its default' {
        $settings = Get-GrapConfiguration
        $settings | Should -HaveCount 16
        $settings.Origin | Sort-Object -Unique | Should -Be 'Default'
        ($settings | Where-Object Name -EQ BACKUP_DIR).Value | Should -BeExactly './backups'
    }

    It 'takes names and patterns' {
        (Get-GrapConfiguration log_level).Name | Should -BeExactly 'LOG_LEVEL'
        (Get-GrapConfiguration NEO4J_*).Name | Should -Contain 'NEO4J_URI'
        ('BACKUP_DIR', 'LOG_*' | Get-GrapConfiguration).Name | Should -Be 'BACKUP_DIR', 'LOG_LEVEL'
        Get-GrapConfiguration NOTHING_SUCH* | Should -BeNullOrEmpty
    }

    It 'prefers the environment to the .env file, and says where each value came from' {
        Set-Content -LiteralPath "$TestDrive/.env" -Value '# ours', 'BACKUP_RETENTION_DAYS=7', 'LOG_LEVEL=DEBUG'
        $env:LOG_LEVEL = 'WARN'
        $days = Get-GrapConfiguration BACKUP_RETENTION_DAYS
        $days.Value | Should -BeExactly '7'
        $days.Origin | Should -Be 'EnvFile'
        $days.Source | Should -BeLike '*.env:2'
        $level = Get-GrapConfiguration LOG_LEVEL
        $level.Value | Should -BeExactly 'WARN'
        $level.Origin | Should -Be 'Environment'
    }

    It 'reads the .env file of $PWD and not of the process' {
        $null = New-Item -ItemType Directory -Path "$TestDrive/elsewhere"
        Set-Content -LiteralPath "$TestDrive/elsewhere/.env" -Value 'LOG_LEVEL=ERROR'
        Set-Location -LiteralPath "$TestDrive/elsewhere"
        (Get-GrapConfiguration LOG_LEVEL).Value | Should -BeExactly 'ERROR'
    }

    It 'reads the file that GRAP_ENV_FILE names' {
        Set-Content -LiteralPath "$TestDrive/prod.env" -Value 'LOG_LEVEL=ERROR'
        $env:GRAP_ENV_FILE = 'prod.env'
        (Get-GrapConfiguration LOG_LEVEL).Value | Should -BeExactly 'ERROR'
    }

    It 'refuses a GRAP_ENV_FILE that is not there' {
        $env:GRAP_ENV_FILE = 'nowhere.env'
        { Get-GrapConfiguration } | Should -Throw -ErrorId (ErrorId SettingInvalid Get-GrapConfiguration)
    }

    It 'names the line of a .env file that it cannot read, and not the text' {
        Set-Content -LiteralPath "$TestDrive/.env" -Value 'LOG_LEVEL=INFO', "NEO4J_AUTH='neo4j/sesame"
        $failure = { Get-GrapConfiguration } |
            Should -Throw -ErrorId (ErrorId SettingInvalid Get-GrapConfiguration) -PassThru
        "$failure" | Should -BeLike '*.env:2 *'
        "$($failure.Exception)" | Should -Not -Match 'sesame'
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'shows a value without sense, and reports it' {
        $env:BACKUP_COMPRESSION = 'fast'
        $setting = Get-GrapConfiguration BACKUP_COMPRESSION -ErrorAction SilentlyContinue -ErrorVariable failures
        $setting.Value | Should -BeExactly 'fast'
        $setting.Problem | Should -Not -BeNullOrEmpty
        $failures | Should -HaveCount 1
        $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId SettingInvalid Get-GrapConfiguration)
    }

    It 'reports an address without sense as InvalidAddress' {
        $env:NEO4J_URI = 'http://localhost'
        { Get-GrapConfiguration NEO4J_URI -ErrorAction Stop } |
            Should -Throw -ErrorId (ErrorId InvalidAddress Get-GrapConfiguration)
    }

    It 'masks the password' {
        $env:NEO4J_AUTH = 'neo4j/sesame'
        $setting = Get-GrapConfiguration NEO4J_AUTH
        $setting.Value | Should -BeExactly 'neo4j/********'
        $setting | Format-List -Property * | Out-String | Should -Not -Match 'sesame'
    }
}
