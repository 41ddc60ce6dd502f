BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Compare-GrapBackup' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'says that a repository is not there' {
        Compare-GrapBackup one other -Repository "$TestDrive/nowhere" -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId RepositoryUnavailable Compare-GrapBackup)
    }

    Context 'with backups' -Skip:$noServer {
        BeforeAll {
            $repository = "$TestDrive/repo"
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            $null = New-GrapBackup -Session $session -Repository $repository -Method Bolt -Id before
            Invoke-GrapQuery -Session $session 'CREATE (:Compared {number: 1})'
            $after = New-GrapBackup -Session $session -Repository $repository -Method Bolt -Id after
        }

        AfterAll {
            Invoke-GrapQuery -Session $session 'MATCH (n:Compared) DELETE n'
            Remove-GrapSession $session
        }

        It 'counts what was added' {
            $difference = $after | Compare-GrapBackup -ReferenceId before -Repository $repository
            $difference.Equal | Should -BeFalse
            $difference.Nodes.Added | Should -Be 1
            $difference.NodesByLabel['Compared'].Added | Should -Be 1
        }

        It 'returns each element with -Detailed' {
            $change = Compare-GrapBackup before after -Repository $repository -Detailed
            $change.Change | Should -Be 'Added'
            $change.Properties.Name | Should -Be 'number'
        }

        It 'finds a backup and the database that it was taken from equal' {
            (Compare-GrapBackup after -Session $session -Repository $repository).Equal | Should -BeTrue
        }
    }
}
