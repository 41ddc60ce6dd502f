BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Test-GrapAuditLog' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'says that a repository is not there' {
        { Test-GrapAuditLog -Repository "$TestDrive/nowhere" } |
            Should -Throw -ErrorId (ErrorId RepositoryUnavailable Test-GrapAuditLog)
    }

    Context 'with a backup' -Skip:$noServer {
        BeforeAll {
            $env:GRAP_PROJECTION = 'false'
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            foreach ($id in 'one', 'two') { $null = New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Id $id -Verify Checksum }
            Remove-GrapSession $session

            function Copy-WithJournal([string] $Name, [string[]] $Lines) {
                Copy-Item -LiteralPath "$TestDrive/repo" -Destination "$TestDrive/$Name" -Recurse
                Set-Content -LiteralPath "$TestDrive/$Name/journal.jsonl" -Value $Lines
                "$TestDrive/$Name"
            }
            $lines = Get-Content -LiteralPath "$TestDrive/repo/journal.jsonl"
        }
        AfterAll { Clear-Setting }

        It 'passes what is whole' {
            $result = Test-GrapAuditLog -Repository "$TestDrive/repo"
            $result.Passed | Should -BeTrue
            $result.Entries, $result.VouchedThrough, $result.Witnesses | Should -Be 4, 3, 2
            $result.Problems | Should -BeNullOrEmpty
            Test-GrapAuditLog -Repository "$TestDrive/repo" -Quiet | Should -BeTrue
        }

        It 'names the first broken entry' {
            $changed = $lines.Clone()
            $changed[1] = $changed[1].Replace('success', 'failure')
            $result = Test-GrapAuditLog -Repository (Copy-WithJournal changed $changed)
            $result.Failed | Should -BeTrue
            $result.FirstBrokenEntry | Should -Be 2
            "$($result.Problems)" | Should -Match 'Line 2 '
        }

        It 'notices that the end was cut off' {
            $cut = Copy-WithJournal cut $lines[0]
            (Test-GrapAuditLog -Repository $cut).Failed | Should -BeTrue
            Test-GrapAuditLog -Repository $cut -Quiet | Should -BeFalse
        }

        It 'does not pass what no backup vouches for' {
            $bare = Copy-WithJournal bare $lines
            Remove-Item -Path "$bare/*.grap", "$bare/one.json", "$bare/two.json", "$bare/*.sha256"
            $result = Test-GrapAuditLog -Repository $bare -ErrorAction SilentlyContinue -ErrorVariable failures
            $result.Outcome | Should -Be 'NotChecked'
            $result.Passed | Should -BeFalse
            $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId VerificationUnavailable Test-GrapAuditLog)
        }
    }
}
