BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Completion' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }
    AfterEach { Clear-Setting }

    It 'offers addresses with what their schemes mean' {
        $offers = Complete 'New-GrapSession -Uri neo4j+'
        $offers.CompletionText | Should -Contain 'neo4j+s://'
        ($offers | Where-Object CompletionText -EQ 'neo4j+s://').ToolTip | Should -Match 'trusts'
    }

    It 'offers the address of the settings first' {
        $env:NEO4J_URI = 'neo4j+s://db.example:7687'
        @(Complete 'New-GrapSession -Uri ')[0].CompletionText | Should -BeExactly 'neo4j+s://db.example:7687'
    }

    It 'offers databases' { (Complete 'New-GrapBackup -Database s').CompletionText | Should -Contain 'system' }

    It 'offers the repository of the settings, quoted where it must be' {
        $env:BACKUP_DIR = '/srv/our backups'
        (Complete 'Get-GrapBackup -Repository ').CompletionText | Should -Contain "'/srv/our backups'"
    }

    It 'offers levels and methods' {
        (Complete 'Test-GrapBackup -Level ').CompletionText | Should -Be 'Checksum', 'Restore', 'Structure'
        (Complete 'New-GrapBackup -Method H').CompletionText | Should -Be 'HotCopy'
    }

    It 'offers nothing and fails nothing where the repository is not there' {
        { Complete "Get-GrapBackup -Repository '$TestDrive/nowhere' -Id x" } | Should -Not -Throw
    }

    It 'is not stopped by settings without sense' {
        $env:GRAP_ENV_FILE = 'nowhere.env'
        { Complete 'New-GrapSession -Uri b' } | Should -Not -Throw
    }

    Context 'with backups' -Skip:$noServer {
        BeforeAll {
            $repository = "$TestDrive/repo"
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            $null = New-GrapBackup -Session $session -Repository $repository -Id first -Tag 'before upgrade'
            $null = New-GrapBackup -Session $session -Repository $repository -Id second
        }
        AfterAll { Remove-GrapSession $session }

        It 'offers ids, newest first, with what they are' {
            $offers = Complete "Test-GrapBackup -Repository '$repository' -Id "
            $offers.CompletionText | Should -Be 'second', 'first'
            $offers[0].ToolTip | Should -Match 'neo4j'
            $offers[0].ToolTip | Should -Match 'nodes'
            (Complete "Remove-GrapBackup -Repository '$repository' f").CompletionText | Should -Be 'first'
        }

        It 'offers ids of a relative repository' {
            Push-Location -LiteralPath $TestDrive
            try { (Complete 'Get-GrapBackup -Repository repo -Id s').CompletionText | Should -Be 'second' }
            finally { Pop-Location }
        }

        It 'offers tags' {
            (Complete "Get-GrapBackup -Repository '$repository' -Tag b").CompletionText | Should -Be "'before upgrade'"
        }

        It 'offers addresses of open sessions' {
            (Complete 'New-GrapBackup -Uri bolt://127').CompletionText | Should -Contain $global:GrapTestServer.Uri
        }
    }
}
