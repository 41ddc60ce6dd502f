# What the runner says of files that are not as they should be, and how scripts end: each in a process of its own.
BeforeAll {
    $hostAssembly = [System.Reflection.Assembly]::GetEntryAssembly().Location

    function Invoke-TestFile([string] $Text, [string[]] $Options = @()) {
        $file = Join-Path $TestDrive "$([guid]::NewGuid()).Tests.ps1"
        $report = "$file.json"
        [System.IO.File]::WriteAllText($file, $Text)
        $output = & dotnet $hostAssembly --pester $file --result $report @Options 2>&1 | Out-String
        $counts = [System.IO.File]::ReadAllText($report) | ConvertFrom-Json
        [pscustomobject]@{ ExitCode = $LASTEXITCODE; Output = $output; Counts = $counts }
    }

    function Invoke-ScriptFile([string] $Text, [string[]] $Arguments = @()) {
        $file = Join-Path $TestDrive "$([guid]::NewGuid()).ps1"
        [System.IO.File]::WriteAllText($file, $Text)
        $output = & dotnet $hostAssembly $file @Arguments 2>&1 | Out-String
        [pscustomobject]@{ ExitCode = $LASTEXITCODE; Output = $output }
    }
}

Describe 'A run' {
    It 'passes with tests that pass, and counts them' {
        $run = Invoke-TestFile "Describe 'd' { It 'a' { 1 | Should -Be 1 }; It 'b' -Skip { throw 'x' } }"
        $run.ExitCode | Should -Be 0
        $run.Counts.passed | Should -Be 1
        $run.Counts.skipped | Should -Be 1
        $run.Counts.skips[0].name | Should -Be 'd b'
    }

    It 'fails with a test that fails: <text>' -ForEach @(
        @{ text = "Describe 'd' { It 'a' { 1 | Should -Be 2 }; It 'b' { } }" }
        @{ text = "Describe 'd' { It 'a' { throw 'x' } }" }
        @{ text = "Describe 'd' { It 'a' { Get-Nothing } }" }
        @{ text = "Describe 'd' { BeforeAll { throw 'x' }; It 'a' { } }" }
        @{ text = "Describe 'd' { BeforeEach { throw 'x' }; It 'a' { } }" }
        @{ text = "Describe 'd' { AfterEach { throw 'x' }; It 'a' { } }" }
        @{ text = "Describe 'd' { AfterAll { throw 'x' }; It 'a' { } }" }
        @{ text = "Describe 'd' { throw 'x'; It 'a' { } }" }
    ) {
        $run = Invoke-TestFile $text
        $run.ExitCode | Should -Be 1
        $run.Counts.failed | Should -Be 1
    }

    It 'fails for what this subset does not know, even where a test expects an error: <text>' -ForEach @(
        @{ text = "Describe 'd' { It 'a' { { 1 | Should -BeWonderful } | Should -Throw } }" }
        @{ text = "Describe 'd' { It 'a' { { 1 | Should -Be 1 -Deeply } | Should -Throw } }" }
        @{ text = "Describe 'd' { It 'a' { { 1 | Should -Be 1 -ErrorId 'x' } | Should -Throw } }" }
        @{ text = "Describe 'd' { It 'a' -Repeat 3 { } }" }
        @{ text = "Describe 'd' { It 'a' { { Mock Get-Item { } } | Should -Throw } }" }
        @{ text = "Describe 'd' { It 'a' { { 1 | Should 1 } | Should -Throw } }" }
    ) {
        $run = Invoke-TestFile $text
        $run.ExitCode | Should -Be 1
        $run.Counts.passed | Should -Be 0
    }

    It 'fails without a test: <text>' -ForEach @(
        @{ text = '' }
        @{ text = "Describe 'd' { }" }
        @{ text = "Describe 'd' { It 'a' -ForEach @() { } }" }
        @{ text = "Describe 'd' { It 'a' { }" }
    ) {
        (Invoke-TestFile $text).ExitCode | Should -Be 1
    }

    It 'fails when a filter leaves nothing' {
        (Invoke-TestFile "Describe 'd' { It 'a' { } }" -Options '--filter', 'zzz').ExitCode | Should -Be 1
    }

    It 'runs what a filter leaves' {
        $run = Invoke-TestFile "Describe 'd' { It 'one' { }; It 'two' { throw 'x' } }" -Options '--filter', 'one'
        $run.ExitCode | Should -Be 0
        $run.Counts.passed | Should -Be 1
    }

    It 'names what is skipped while it runs, with the reason' {
        $run = Invoke-TestFile "Describe 'd' { It 'a' { Set-ItResult -Skipped -Because 'no server' } }"
        $run.ExitCode | Should -Be 0
        $run.Counts.skips[0].reason | Should -Be 'no server'
        $run.Output | Should -BeLike '*a, skipped: no server*'
    }

    It 'expands names' {
        $run = Invoke-TestFile "Describe 'd' { It 'adds <a> to <b.c>' -ForEach @(@{ a = 1; b = @{ c = 2 } }) { } }"
        $run.Output | Should -BeLike '*adds 1 to 2*'
    }
}

Describe 'A script' {
    It 'ends with <code> by <text>' -ForEach @(
        @{ text = '1'; code = 0 }
        @{ text = 'exit 3'; code = 3 }
        @{ text = 'function f { exit 4 }; f'; code = 4 }
        @{ text = 'throw "x"'; code = 1 }
        @{ text = 'Write-Error x'; code = 0 }
        @{ text = '$ErrorActionPreference = "Stop"; Write-Error x'; code = 1 }
        @{ text = '& dotnet --no-such-option *> $null; 1'; code = 0 }
        @{ text = 'if ('; code = 1 }
    ) {
        (Invoke-ScriptFile $text).ExitCode | Should -Be $code
    }

    It 'gets its arguments as pwsh -File gives them' {
        $text = @'
param([string] $Name, [switch] $Fast, [int] $Count, [switch] $Slow, $Rest)
"$Name|$Fast|$Count|$Slow|$Rest"
'@
        $run = Invoke-ScriptFile $text -Arguments '-Name', 'a b', '-Fast', '-Count:3', '-Slow:$false', '$x'
        $run.Output.Trim() | Should -Be 'a b|True|3|False|$x'
    }

    It 'refuses a parameter that it does not have' {
        $run = Invoke-ScriptFile '[CmdletBinding()] param() 1' -Arguments '-Nothing'
        $run.ExitCode | Should -Be 1
        $run.Output | Should -BeLike '*Nothing*'
    }

    It 'shows an error with its place' {
        $run = Invoke-ScriptFile "`n`nthrow 'bad thing'"
        $run.Output | Should -BeLike '*:3*bad thing*'
    }

    It 'writes no colour into a file' {
        (Invoke-ScriptFile '[pscustomobject]@{ A = 1 }; Write-Host x -ForegroundColor Red').Output |
            Should -Not -Match '\e'
    }

    It 'does not prompt where nobody can answer' {
        $run = Invoke-ScriptFile '$Host.UI.ReadLine()'
        $run.Output | Should -BeLike '*not interactive*'
    }
}
