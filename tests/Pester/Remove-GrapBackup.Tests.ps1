BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Remove-GrapBackup' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'asks before it acts' {
        $metadata = [System.Management.Automation.CommandMetadata]::new((Get-Command Remove-GrapBackup))
        $metadata.ConfirmImpact | Should -Be 'High'
        $metadata.SupportsShouldProcess | Should -BeTrue
    }

    Context 'with backups' -Skip:$noServer {
        BeforeAll {
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            $template = "$TestDrive/template"
            foreach ($id in 'one', 'two', 'three') { $null = New-GrapBackup -Session $session -Repository $template -Id $id }
            Remove-GrapSession $session
        }
        BeforeEach {
            $repository = "$TestDrive/repo-$([guid]::NewGuid())"
            Copy-Item -LiteralPath $template -Destination $repository -Recurse
        }

        It 'removes a backup with all its files' {
            Remove-GrapBackup one -Repository $repository -Confirm:$false | Should -BeNullOrEmpty
            (Get-GrapBackup -Repository $repository).Id | Should -Be 'three', 'two'
            Get-ChildItem -LiteralPath $repository -Filter 'one.*' | Should -BeNullOrEmpty
        }

        It 'removes nothing with -WhatIf, not even with -Force' {
            $before = Get-ChildItem -LiteralPath $repository | Get-FileHash
            Remove-GrapBackup one -Repository $repository -WhatIf
            Remove-GrapBackup one -Repository $repository -Force -WhatIf
            $WhatIfPreference = $true
            Remove-GrapBackup one -Repository $repository -Force
            $WhatIfPreference = $false
            (Get-ChildItem -LiteralPath $repository | Get-FileHash).Hash | Should -Be $before.Hash
        }

        It 'refuses a protected backup without -Force' {
            $null = Protect-GrapBackup one -Repository $repository
            { Remove-GrapBackup one -Repository $repository -Confirm:$false -ErrorAction Stop } |
                Should -Throw -ErrorId (ErrorId BackupProtected Remove-GrapBackup)
            Remove-GrapBackup one -Repository $repository -Force
            (Get-GrapBackup -Repository $repository).Id | Should -Not -Contain 'one'
        }

        It 'refuses the last verified backup without -Force' {
            (Test-GrapBackup one -Repository $repository).Passed | Should -BeTrue
            { Remove-GrapBackup one -Repository $repository -Confirm:$false -ErrorAction Stop } |
                Should -Throw -ErrorId (ErrorId LastVerifiedBackup Remove-GrapBackup)
            (Test-GrapBackup two -Repository $repository).Passed | Should -BeTrue
            Remove-GrapBackup one -Repository $repository -Confirm:$false
            (Get-GrapBackup -Repository $repository).Id | Should -Not -Contain 'one'
        }

        It 'goes on after an id that is not there' {
            'nowhere', 'one' | Remove-GrapBackup -Repository $repository -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId BackupNotFound Remove-GrapBackup)
            (Get-GrapBackup -Repository $repository).Id | Should -Be 'three', 'two'
        }
    }
}
