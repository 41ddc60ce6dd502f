# Each operator holds where it should, and fails where it should.
Describe 'Should' {
    It 'holds: <_>' -ForEach @(
        { 1 | Should -Be 1 }
        { 'A' | Should -Be 'a' }
        { 'a' | Should -BeExactly 'a' }
        { 'A' | Should -Not -BeExactly 'a' }
        { 1, 2 | Should -Be @(1, 2) }
        { $null | Should -Be $null }
        { @() | Should -Be @() }
        { 1, @(2, 3) | Should -Be @(1, @(2, 3)) }
        { $true | Should -BeTrue }
        { 0 | Should -BeFalse }
        { '' | Should -BeNullOrEmpty }
        { @() | Should -BeNullOrEmpty }
        { $null | Should -BeNullOrEmpty }
        { @{} | Should -BeNullOrEmpty }
        { 'x' | Should -Not -BeNullOrEmpty }
        { 'abc' | Should -Match 'B' }
        { 'abc' | Should -Not -MatchExactly 'B' }
        { 'abc' | Should -BeLike 'A*' }
        { 1, 2, 3 | Should -Contain 2 }
        { 1, 2, 3 | Should -Not -Contain 4 }
        { 2 | Should -BeIn @(1, 2) }
        { 1 | Should -BeOfType [int] }
        { 1 | Should -BeOfType int }
        { 2 | Should -BeGreaterThan 1 }
        { 2 | Should -BeGreaterOrEqual 2 }
        { 1 | Should -BeLessThan 2 }
        { 2 | Should -BeLessOrEqual 2 }
        { 1, 2 | Should -HaveCount 2 }
        { @() | Should -HaveCount 0 }
        { $PSScriptRoot | Should -Exist }
        { { throw 'a b' } | Should -Throw }
        { { throw 'a b' } | Should -Throw 'a*' }
        { { throw 'a b' } | Should -Throw -ExpectedMessage '* b' -ErrorId 'a b' }
        { { 1 } | Should -Not -Throw }
        { Get-Command Get-Item | Should -HaveParameter Path -Mandatory -Type ([string[]]) }
        { Get-Command Get-Item | Should -Not -HaveParameter Nothing }
        { Should -ActualValue 1 -Be 1 }
    ) {
        & $_
    }

    It 'fails: <_>' -ForEach @(
        { 1 | Should -Be 2 }
        { 1 | Should -Not -Be 1 }
        { 'A' | Should -BeExactly 'a' }
        { 1, 2 | Should -Be @(2, 1) }
        { 1, 2 | Should -Be 1 }
        { $null | Should -Be 0 }
        { 1 | Should -BeFalse }
        { 'x' | Should -BeNullOrEmpty }
        { 0 | Should -BeNullOrEmpty }
        { 'abc' | Should -Match 'd' }
        { 'abc' | Should -BeLike 'b*' }
        { 1, 2 | Should -Contain 3 }
        { 3 | Should -BeIn @(1, 2) }
        { 'x' | Should -BeOfType [int] }
        { 1 | Should -BeGreaterThan 1 }
        { 1 | Should -BeLessThan 1 }
        { 1, 2 | Should -HaveCount 3 }
        { 'no such path' | Should -Exist }
        { { 1 } | Should -Throw }
        { { throw 'a' } | Should -Not -Throw }
        { { throw 'a' } | Should -Throw 'b' }
        { { throw 'a' } | Should -Throw -ErrorId 'b' }
        { { throw 'a' } | Should -Throw -ExceptionType ([System.IO.IOException]) }
        { Get-Command Get-Item | Should -HaveParameter Nothing }
    ) {
        $_ | Should -Throw -ErrorId 'PesterAssertionFailed*'
    }

    It 'gives the error with -PassThru' {
        $thrown = { throw 'a' } | Should -Throw -PassThru
        $thrown.Exception.Message | Should -Be 'a'
    }

    It 'sees an error that only ends a statement' {
        { Get-Item -Path 'x' -NoSuchParameter; 'goes on' } | Should -Throw -ErrorId 'NamedParameterNotFound*'
    }

    It 'says why' {
        { 1 | Should -Be 2 -Because 'two is right' } | Should -Throw '*2*because two is right*1*'
    }

    It 'looks into files' {
        Set-Content TestDrive:/a.txt 'first', 'second'
        'TestDrive:/a.txt' | Should -FileContentMatch 'SEC'
        'TestDrive:/a.txt' | Should -Not -FileContentMatch 'third'
    }
}
