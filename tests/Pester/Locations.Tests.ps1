BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Relative paths' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }
    AfterEach {
        Set-Location -LiteralPath $TestDrive
        Clear-Setting
    }

    It 'are relative to $PWD, and not to the folder of the process' {
        $null = New-Item -ItemType Directory -Path "$TestDrive/inner"
        Set-Location -LiteralPath "$TestDrive/inner"
        $failure = { Get-GrapBackup -Repository missing } | Should -Throw -PassThru
        $failure.TargetObject | Should -Be ([System.IO.Path]::GetFullPath("$TestDrive/inner/missing"))
    }

    It 'work where $PWD is outside the file system' {
        Set-Location Env:
        $failure = { Get-GrapBackup -Repository missing } | Should -Throw -PassThru
        $failure.FullyQualifiedErrorId | Should -BeExactly (ErrorId RepositoryUnavailable Get-GrapBackup)
    }

    It 'may use a drive of PowerShell' {
        { Get-GrapBackup -Repository TestDrive:/missing } |
            Should -Throw -ErrorId (ErrorId RepositoryUnavailable Get-GrapBackup)
    }

    It 'in settings are relative to $PWD too' {
        $env:BACKUP_DIR = './missing'
        $failure = { Get-GrapBackup } | Should -Throw -PassThru
        $failure.TargetObject | Should -Be ([System.IO.Path]::GetFullPath("$TestDrive/missing"))
    }

    It 'with the characters of patterns are taken as they are' -Skip:$noServer {
        $credential = $global:GrapTestServer.Credential
        $backup = New-GrapBackup -Uri $global:GrapTestServer.Uri -Credential $credential -Repository './we [all] have' -Id one
        $backup.Path | Should -Be ([System.IO.Path]::GetFullPath("$TestDrive/we [all] have/one.grap"))
        (Get-GrapBackup -Repository './we [all] have').Id | Should -Be 'one'
    }
}
