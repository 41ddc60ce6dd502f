BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Get-GrapBackup' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'says that a repository is not there' {
        $failure = { Get-GrapBackup -Repository "$TestDrive/nowhere" } |
            Should -Throw -ErrorId (ErrorId RepositoryUnavailable Get-GrapBackup) -PassThru
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$TestDrive/nowhere" | Should -Not -Exist
    }

    It 'refuses a repository that is a file' {
        Set-Content -LiteralPath "$TestDrive/file" -Value 'not a folder'
        { Get-GrapBackup -Repository "$TestDrive/file" } | Should -Throw -ErrorId (ErrorId RepositoryInvalid Get-GrapBackup)
    }

    It 'refuses a status that does not exist' {
        { Get-GrapBackup -Status Lost } | Should -Throw -ErrorId 'CannotConvertArgument*'
    }

    Context 'with backups' -Skip:$noServer {
        BeforeAll {
            $repository = "$TestDrive/repo"
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            $first = New-GrapBackup -Session $session -Repository $repository -Id first -Tag red, blue
            $second = New-GrapBackup -Session $session -Repository $repository -Id second -Tag red
            $third = New-GrapBackup -Session $session -Repository $repository -Id third
            Remove-GrapSession $session
        }

        It 'lists all, newest first' {
            (Get-GrapBackup -Repository $repository).Id | Should -Be 'third', 'second', 'first'
        }

        It 'finds ids' {
            (Get-GrapBackup second -Repository $repository).Id | Should -BeExactly 'second'
            (Get-GrapBackup -Id first, third -Repository $repository).Id | Should -Be 'first', 'third'
        }

        It 'says that an id is not there, and goes on' {
            $found = Get-GrapBackup -Id nowhere, first -Repository $repository -ErrorAction SilentlyContinue -ErrorVariable failures
            $found.Id | Should -BeExactly 'first'
            $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId BackupNotFound Get-GrapBackup)
            $failures[0].TargetObject | Should -Be 'nowhere'
            $failures[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        }

        It 'takes a pattern that matches nothing as an answer' {
            Get-GrapBackup 'no*' -Repository $repository -ErrorAction Stop | Should -BeNullOrEmpty
            (Get-GrapBackup '*ir*' -Repository $repository).Id | Should -Be 'third', 'first'
        }

        It 'refuses an id with the characters of a path' {
            { Get-GrapBackup '../repo/first' -Repository $repository -ErrorAction Stop } |
                Should -Throw -ErrorId (ErrorId BackupIdInvalid Get-GrapBackup)
        }

        It 'filters by tag, time, database and status' {
            (Get-GrapBackup -Tag blue -Repository $repository).Id | Should -BeExactly 'first'
            (Get-GrapBackup -Tag 'r*' -Repository $repository).Id | Should -Be 'second', 'first'
            (Get-GrapBackup -After $second.CreatedAt -Repository $repository).Id | Should -Be 'third', 'second'
            (Get-GrapBackup -Before $second.CreatedAt -Repository $repository).Id | Should -BeExactly 'first'
            Get-GrapBackup -Database other -Repository $repository | Should -BeNullOrEmpty
            (Get-GrapBackup -Status Available -Repository $repository) | Should -HaveCount 3
            Get-GrapBackup -Status Damaged -Repository $repository | Should -BeNullOrEmpty
        }

        It 'returns the newest of what is left' {
            (Get-GrapBackup -Latest -Repository $repository).Id | Should -BeExactly 'third'
            (Get-GrapBackup -Tag red -Latest -Repository $repository).Id | Should -BeExactly 'second'
        }

        It 'looks again at a backup that it is given' {
            ($first | Get-GrapBackup).Id | Should -BeExactly 'first'
            (Get-GrapBackup -Id $first).Id | Should -BeExactly 'first'
        }

        It 'shows a backup with a missing end as damaged' {
            $copy = "$TestDrive/copy"
            Copy-Item -LiteralPath $repository -Destination $copy -Recurse
            $archive = Join-Path $copy 'first.grap'
            $bytes = [System.IO.File]::ReadAllBytes($archive)
            [System.IO.File]::WriteAllBytes($archive, $bytes[0..($bytes.Length - 100)])
            $damaged = Get-GrapBackup first -Repository $copy
            $damaged.Status | Should -Be 'Damaged'
            $damaged.Problem | Should -Not -BeNullOrEmpty
        }

        It 'passes over a file that is no backup' {
            $copy = "$TestDrive/foreign"
            Copy-Item -LiteralPath $repository -Destination $copy -Recurse
            Set-Content -LiteralPath (Join-Path $copy 'notes.txt') -Value 'mine'
            (Get-GrapBackup -Repository $copy -WarningAction SilentlyContinue).Id | Should -Be 'third', 'second', 'first'
        }

        It 'reads well as a table and as a list' {
            $table = Get-GrapBackup -Repository $repository | Format-Table | Out-String
            $table | Should -Match 'Exact'
            $table | Should -Match '\d KiB'
            Get-GrapBackup first -Repository $repository | Format-List | Out-String | Should -Match 'Duration +: \d+(\.\d\d s|:\d\d:\d\d)'
        }
    }
}
