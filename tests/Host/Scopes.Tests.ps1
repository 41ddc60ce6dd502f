# Where variables live, as in Pester 5.
BeforeDiscovery {
    $discovered = @('one', 'two')
}

BeforeAll {
    $fromFile = 'file'
    function Get-FromFile { 'function' }
}

Describe 'Scopes' {
    BeforeAll {
        $fromBlock = 'block'
        $counter = @{ Each = 0; After = 0 }
    }

    BeforeEach {
        $counter.Each++
        $fromEach = 'each'
    }

    AfterEach {
        $counter.After++
        $fromAfter = "$fromTest"
        $counter.Seen = $fromAfter
    }

    It 'shows what BeforeAll of the file and the block set' {
        $fromFile | Should -Be 'file'
        $fromBlock | Should -Be 'block'
        Get-FromFile | Should -Be 'function'
    }

    It 'runs BeforeEach in the scope of the test, and AfterEach too' {
        $fromEach | Should -Be 'each'
        $fromEach = 'changed'
        $fromTest = 'seen by AfterEach'
    }

    It 'starts each test afresh' {
        $fromEach | Should -Be 'each'
        $fromTest | Should -BeNullOrEmpty
        $counter.Seen | Should -Be 'seen by AfterEach'
        $counter.Each | Should -Be 3
        $counter.After | Should -Be 2
    }

    It 'does not keep what a test changes in outer scopes' {
        $fromBlock = 'changed here'
        $fromBlock | Should -Be 'changed here'
    }

    It 'has the outer value again' {
        $fromBlock | Should -Be 'block'
    }

    Context 'inside' {
        BeforeAll { $fromInner = "$fromBlock+inner" }
        BeforeEach { $order = "$fromEach>inner" }

        It 'sees the outer block, and its BeforeEach first' {
            $fromInner | Should -Be 'block+inner'
            $order | Should -Be 'each>inner'
        }
    }

    It 'does not see what an inner block set' {
        $fromInner | Should -BeNullOrEmpty
    }

    It 'knows where its file is' {
        Split-Path $PSCommandPath -Leaf | Should -Be 'Scopes.Tests.ps1'
        Join-Path $PSScriptRoot 'Scopes.Tests.ps1' | Should -Exist
    }
}

Describe 'Values' {
    It 'comes from discovery: <_>' -ForEach $discovered {
        $_ | Should -BeIn @('one', 'two')
    }

    It 'has keys as variables and as parameters: <a> and <b.c>' -TestCases @(
        @{ a = 1; b = @{ c = 2 }; sum = 3 }
        @{ a = 3; b = @{ c = 4 }; sum = 7 }
    ) {
        param($a, $b, $sum)
        $a + $b.c | Should -Be $sum
        $_.sum | Should -Be $sum
    }

    Context 'a block for <name>' -ForEach @(@{ name = 'x' }, @{ name = 'y' }) {
        BeforeAll { $doubled = $name * 2 }

        It 'sets it for BeforeAll and the tests of <name>' {
            $doubled | Should -Be "$name$name"
        }
    }
}

Describe 'Files of tests' {
    BeforeAll { Set-Content TestDrive:/of-block.txt 'x' }

    Context 'inside' {
        It 'makes one' {
            Set-Content TestDrive:/of-inner.txt 'x'
            "$TestDrive/of-block.txt" | Should -Exist
        }
    }

    It 'has lost it after the inner block, and kept its own' {
        "$TestDrive/of-inner.txt" | Should -Not -Exist
        "$TestDrive/of-block.txt" | Should -Exist
    }
}

Describe 'Code in bodies' {
    $duringDiscovery = 'here'

    It 'runs in discovery, so its variables are gone when tests run' {
        $duringDiscovery | Should -BeNullOrEmpty
    }
}
