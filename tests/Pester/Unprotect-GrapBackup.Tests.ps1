BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Unprotect-GrapBackup' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'says that a repository is not there' {
        { Unprotect-GrapBackup any -Repository "$TestDrive/nowhere" } |
            Should -Throw -ErrorId (ErrorId RepositoryUnavailable Unprotect-GrapBackup)
    }

    Context 'with a backup' -Skip:$noServer {
        BeforeAll {
            $repository = "$TestDrive/repo"
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            $null = New-GrapBackup -Session $session -Repository $repository -Id one
            Remove-GrapSession $session
        }
        BeforeEach { $null = Protect-GrapBackup one -Repository $repository }

        It 'unpins a backup, and leaves the archive alone' {
            $before = (Get-FileHash -LiteralPath "$repository/one.grap").Hash
            (Unprotect-GrapBackup one -Repository $repository).Protected | Should -Be $false
            (Get-GrapBackup one -Repository $repository).Protected | Should -Be $false
            (Get-FileHash -LiteralPath "$repository/one.grap").Hash | Should -BeExactly $before
        }

        It 'can be repeated' {
            $null = Unprotect-GrapBackup one -Repository $repository
            (Unprotect-GrapBackup one -Repository $repository).Protected | Should -Be $false
        }

        It 'changes nothing with -WhatIf' {
            Unprotect-GrapBackup one -Repository $repository -WhatIf | Should -BeNullOrEmpty
            (Get-GrapBackup one -Repository $repository).Protected | Should -Be $true
        }

        It 'says that an id is not there' {
            { Unprotect-GrapBackup nowhere -Repository $repository -ErrorAction Stop } |
                Should -Throw -ErrorId (ErrorId BackupNotFound Unprotect-GrapBackup)
        }
    }
}
