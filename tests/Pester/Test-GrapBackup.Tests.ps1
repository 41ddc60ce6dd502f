BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Test-GrapBackup' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'refuses the level None' {
        { Test-GrapBackup any -Level None } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'says that a repository is not there' {
        { Test-GrapBackup any -Repository "$TestDrive/nowhere" } |
            Should -Throw -ErrorId (ErrorId RepositoryUnavailable Test-GrapBackup)
    }

    Context 'with backups' -Skip:$noServer {
        BeforeAll {
            $repository = "$TestDrive/repo"
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            $good = New-GrapBackup -Session $session -Repository $repository -Id good
            $bad = New-GrapBackup -Session $session -Repository $repository -Id bad
            Remove-GrapSession $session
            $bytes = [System.IO.File]::ReadAllBytes($bad.Path)
            $middle = [int]($bytes.Length / 2)
            $bytes[$middle] = $bytes[$middle] -bxor 1
            [System.IO.File]::WriteAllBytes($bad.Path, $bytes)
        }

        It 'passes a sound backup at level <Level>' -TestCases @(@{ Level = 'Checksum' }, @{ Level = 'Structure' }) {
            $result = Test-GrapBackup good -Level $Level -Repository $repository
            $result.Outcome | Should -Be 'Passed'
            $result.Passed | Should -BeTrue
            $result.ProvenLevel | Should -Be $Level
            $result.Problems | Should -BeNullOrEmpty
            (Get-GrapBackup good -Repository $repository).VerifiedLevel | Should -Not -Be 'None'
        }

        It 'fails a backup with one changed bit at level <Level>, as a result and not as an error' -TestCases @(
            @{ Level = 'Checksum' }
            @{ Level = 'Structure' }
        ) {
            $result = Test-GrapBackup bad -Level $Level -Repository $repository -ErrorAction Stop
            $result.Outcome | Should -Be 'Failed'
            $result.Failed | Should -BeTrue
            $result.Condition | Should -Be 'ArchiveCorrupt'
            $result.Problems | Should -Not -BeNullOrEmpty
        }

        It 'never passes the level Restore where there is no Neo4j for a scratch server' {
            $result = Test-GrapBackup good -Level Restore -Repository $repository -ErrorAction SilentlyContinue -ErrorVariable failures
            $result.Outcome | Should -Be 'NotChecked'
            $result.Passed | Should -BeFalse
            $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId VerificationUnavailable Test-GrapBackup)
            Test-GrapBackup good -Level Restore -Quiet -Repository $repository -ErrorAction Ignore | Should -BeFalse
        }

        It 'says true or false with -Quiet' {
            Test-GrapBackup good -Quiet -Repository $repository | Should -BeTrue
            Test-GrapBackup bad -Quiet -Repository $repository | Should -BeFalse
        }

        It 'tests what Get-GrapBackup lists' {
            $failed = Get-GrapBackup -Repository $repository | Test-GrapBackup | Where-Object Failed
            $failed.Id | Should -BeExactly 'bad'
        }

        It 'says that an id is not there' {
            { Test-GrapBackup nowhere -Repository $repository -ErrorAction Stop } |
                Should -Throw -ErrorId (ErrorId BackupNotFound Test-GrapBackup)
        }
    }
}
