BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Export-GrapBackup' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }
    AfterEach { Clear-Setting }

    It 'says that a repository is not there' {
        { Export-GrapBackup any "$TestDrive/any.dump" -Repository "$TestDrive/nowhere" } |
            Should -Throw -ErrorId (ErrorId RepositoryUnavailable Export-GrapBackup)
    }

    Context 'with a server' -Skip:$noServer {
        BeforeAll {
            $repository = "$TestDrive/repo"
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            New-GrapBackup -Session $session -Repository $repository -Id logical -Method Bolt | Out-Null
        }
        AfterAll { Remove-GrapSession $session }

        It 'refuses a logical backup' {
            { Export-GrapBackup logical "$TestDrive/logical.dump" -Repository $repository -ErrorAction Stop } |
                Should -Throw -ErrorId (ErrorId NotSupported Export-GrapBackup)
            "$TestDrive/logical.dump" | Should -Not -Exist
            (Get-GrapAuditLog -Repository $repository -Operation BackupExported).Result | Should -Be 'failure'
        }

        It 'proves a hot copy to the level Restore, and writes it as a dump' -Skip:(-not $global:GrapTestServer.Home) {
            $env:NEO4J_HOME = $global:GrapTestServer.Home
            New-GrapBackup -Session $session -Repository $repository -Id hot -Method HotCopy | Out-Null

            $result = Test-GrapBackup hot -Level Restore -Repository $repository
            "$($result.Problems)" | Should -BeNullOrEmpty
            $result.Outcome | Should -Be 'Passed'
            $result.Content.Counts.Nodes | Should -Be $global:GrapTestServer.Nodes
            (Get-GrapBackup hot -Repository $repository).VerifiedLevel | Should -Be 'Restore'

            $file = Get-GrapBackup hot -Repository $repository | Export-GrapBackup -Path "$TestDrive/hot.dump"
            $file.FullName | Should -Be ([System.IO.Path]::GetFullPath("$TestDrive/hot.dump"))
            $file.Length | Should -BeGreaterThan 0
            $entry = Get-GrapAuditLog -Repository $repository -Operation BackupExported -Result success
            $entry.EntityId, $entry.Result, $entry.Details['target'] | Should -Be @('hot', 'success', $file.FullName)
        }

        It 'writes nothing with -WhatIf' {
            Export-GrapBackup logical "$TestDrive/nothing.dump" -Repository $repository -WhatIf | Should -BeNullOrEmpty
            "$TestDrive/nothing.dump" | Should -Not -Exist
        }
    }
}
