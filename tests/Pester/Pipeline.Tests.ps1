BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Backups in the pipeline' -Skip:$noServer {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
        $here = New-GrapBackup -Session $session -Repository "$TestDrive/here" -Id same
        $there = New-GrapBackup -Session $session -Repository "$TestDrive/there" -Id same
        Remove-GrapSession $session
    }

    It 'bring their repository along' {
        ($here, $there | Test-GrapBackup).Repository | Should -Be $here.Repository, $there.Repository
        (Test-GrapBackup -Id $there).Repository | Should -Be $there.Repository
    }

    It 'follow -Repository where it is given' {
        ($here | Test-GrapBackup -Repository "$TestDrive/there").Repository | Should -Be $there.Repository
    }

    It 'may come from a job or another computer' {
        $copy = Copy-Deserialized $here
        @($copy.PSObject.TypeNames)[0] | Should -BeLike 'Deserialized.*'
        ($copy | Test-GrapBackup).Passed | Should -BeTrue
        (Test-GrapBackup -Id $copy).Repository | Should -Be $here.Repository
        (Protect-GrapBackup -Id $copy).Protected | Should -BeTrue
        ($copy | Unprotect-GrapBackup).Protected | Should -BeFalse
        $copy | Format-Table | Out-String | Should -Match 'Exact'
    }

    It 'may be any object with Id and Repository' {
        ([pscustomobject]@{ Id = 'same'; Repository = "$TestDrive/there" } | Test-GrapBackup).Passed | Should -BeTrue
    }

    It 'are not mistaken for other objects with an id' {
        { Get-Process -Id $PID | Test-GrapBackup -Repository "$TestDrive/here" -ErrorAction Stop } | Should -Throw
    }

    It 'from a repository that is gone do not stop the others' {
        $gone = [pscustomobject]@{ Id = 'same'; Repository = "$TestDrive/gone" }
        $results = $gone, $here | Test-GrapBackup -ErrorAction SilentlyContinue -ErrorVariable failures
        $results.Repository | Should -Be $here.Repository
        $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId RepositoryUnavailable Test-GrapBackup)
    }
}
