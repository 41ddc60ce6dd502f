BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Protect-GrapBackup' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'says that a repository is not there' {
        { Protect-GrapBackup any -Repository "$TestDrive/nowhere" } |
            Should -Throw -ErrorId (ErrorId RepositoryUnavailable Protect-GrapBackup)
    }

    Context 'with a backup' -Skip:$noServer {
        BeforeAll {
            $repository = "$TestDrive/repo"
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            $null = New-GrapBackup -Session $session -Repository $repository -Id one
            Remove-GrapSession $session
        }
        BeforeEach { $null = Unprotect-GrapBackup one -Repository $repository }

        It 'pins a backup, and leaves the archive alone' {
            $before = (Get-FileHash -LiteralPath "$repository/one.grap").Hash
            (Protect-GrapBackup one -Repository $repository).Protected | Should -Be $true
            (Get-GrapBackup one -Repository $repository).Protected | Should -Be $true
            (Get-FileHash -LiteralPath "$repository/one.grap").Hash | Should -BeExactly $before
        }

        It 'can be repeated' {
            $null = Protect-GrapBackup one -Repository $repository
            (Protect-GrapBackup one -Repository $repository).Protected | Should -Be $true
        }

        It 'changes nothing with -WhatIf' {
            Protect-GrapBackup one -Repository $repository -WhatIf | Should -BeNullOrEmpty
            (Get-GrapBackup one -Repository $repository).Protected | Should -Be $false
        }

        It 'says that an id is not there' {
            { Protect-GrapBackup nowhere -Repository $repository -ErrorAction Stop } |
                Should -Throw -ErrorId (ErrorId BackupNotFound Protect-GrapBackup)
        }
    }
}
