# What scripts may rely on in the host's own commands; each holds in pwsh too.
Describe 'Select-Object' {
    It 'stops what is upstream once it has enough' {
        $script:made = 0
        $first = 1..1000 | ForEach-Object { $script:made++; $_ } | Select-Object -First 2
        $first | Should -Be @(1, 2)
        $script:made | Should -Be 2
    }

    It 'takes <n> with <parameters>' -ForEach @(
        @{ n = 'the last'; parameters = @{ Last = 2 }; expected = 4, 5 }
        @{ n = 'what follows'; parameters = @{ Skip = 3 }; expected = 4, 5 }
        @{ n = 'the middle'; parameters = @{ Skip = 1; First = 2 }; expected = 2, 3 }
        @{ n = 'all but the last'; parameters = @{ SkipLast = 3 }; expected = 1, 2 }
        @{ n = 'by place'; parameters = @{ Index = 0, 4 }; expected = 1, 5 }
    ) {
        1..5 | Select-Object @parameters | Should -Be $expected
    }

    It 'calculates properties' {
        $row = [pscustomobject]@{ A = 2 } | Select-Object A, @{ Name = 'Twice'; Expression = { $_.A * 2 } }
        $row.Twice | Should -Be 4
        $row.PSObject.Properties.Name | Should -Be @('A', 'Twice')
    }

    It 'expands a property' {
        [pscustomobject]@{ A = 1, 2 } | Select-Object -ExpandProperty A | Should -Be @(1, 2)
    }

    It 'drops equal rows' {
        1, 2, 1 | Select-Object -Unique | Should -Be @(1, 2)
    }
}

Describe 'Sorting, grouping, measuring' {
    It 'sorts by several properties, each its own way' {
        $rows = @(
            [pscustomobject]@{ A = 1; B = 1 }
            [pscustomobject]@{ A = 2; B = 1 }
            [pscustomobject]@{ A = 2; B = 2 }
        )
        $sorted = $rows | Sort-Object @{ Expression = 'A'; Descending = $true }, B
        $sorted.B | Should -Be @(1, 2, 1)
    }

    It 'groups' {
        $groups = 1..5 | Group-Object { $_ % 2 }
        $groups.Name | Should -Be @('0', '1')
        $groups.ForEach({ $_.Count }) | Should -Be @(2, 3)
    }

    It 'measures' {
        $measured = 1..4 | Measure-Object -Sum -Average -Maximum -Minimum
        $measured.Sum, $measured.Average, $measured.Maximum, $measured.Minimum | Should -Be @(10, 2.5, 4, 1)
    }
}

Describe 'Text from objects' {
    It 'lays out a table as the console would' {
        $text = [pscustomobject]@{ Name = 'a'; Size = 12 }, [pscustomobject]@{ Name = 'bb'; Size = 3 } |
            Format-Table | Out-String
        $lines = $text.Trim() -split '\r?\n' | ForEach-Object TrimEnd
        $lines | Should -Be @('Name Size', '---- ----', 'a      12', 'bb      3')
    }

    It 'lays out a list' {
        $text = [pscustomobject]@{ Name = 'a'; Size = 12 } | Format-List | Out-String
        $text.Trim() -split '\r?\n' | Should -Be @('Name : a', 'Size : 12')
    }

    It 'redirects to a file' {
        'some text' > "$TestDrive/out.txt"
        Get-Content "$TestDrive/out.txt" | Should -Be 'some text'
    }
}

Describe 'JSON' {
    It 'writes and reads what it wrote' {
        $text = [pscustomobject]@{ a = 1; b = @('x', $null); c = @{ d = $true } } | ConvertTo-Json -Compress -Depth 3
        $text | Should -Be '{"a":1,"b":["x",null],"c":{"d":true}}'
        ($text | ConvertFrom-Json).c.d | Should -BeTrue
    }

    It 'refuses what is no JSON' {
        { '{ "a": ' | ConvertFrom-Json } | Should -Throw
    }
}

Describe 'Files' {
    It 'creates, copies, moves, lists and removes' {
        $folder = New-Item -ItemType Directory -Path (Join-Path $TestDrive 'a')
        Set-Content -Path (Join-Path $folder 'one.txt') -Value 'x', 'y'
        Add-Content -Path (Join-Path $folder 'one.txt') -Value 'z'
        Copy-Item (Join-Path $folder 'one.txt') (Join-Path $folder 'two.txt')
        Move-Item (Join-Path $folder 'two.txt') (Join-Path $folder 'three.dat')
        (Get-ChildItem $folder).Name | Should -Be @('one.txt', 'three.dat')
        (Get-ChildItem $folder -Filter *.txt).Name | Should -Be 'one.txt'
        Get-Content (Join-Path $folder 'one.txt') | Should -Be @('x', 'y', 'z')
        Remove-Item $folder -Recurse
        Test-Path $folder | Should -BeFalse
    }

    It 'changes nothing when asked what it would do' {
        $file = Join-Path $TestDrive 'kept.txt'
        Set-Content $file 'x'
        Remove-Item $file -WhatIf
        $file | Should -Exist
    }

    It 'does not remove a folder that holds something without -Recurse' {
        $null = New-Item -ItemType Directory -Path (Join-Path $TestDrive 'full/inner')
        { Remove-Item (Join-Path $TestDrive 'full') -ErrorAction Stop -Confirm:$false } | Should -Throw
        Join-Path $TestDrive 'full/inner' | Should -Exist
    }

    It 'reports what is missing and goes on' {
        $paths = (Join-Path $TestDrive 'nothing'), $TestDrive
        $found = Get-Item $paths -ErrorAction SilentlyContinue -ErrorVariable missing
        @($found).Count | Should -Be 1
        $missing.Count | Should -Be 1
    }

    It 'reaches the drive of the tests by its name' {
        Set-Content TestDrive:/named.txt 'x'
        Join-Path $TestDrive 'named.txt' | Should -Exist
    }

    It 'hashes' {
        [System.IO.File]::WriteAllText("$TestDrive/abc", 'abc')
        (Get-FileHash "$TestDrive/abc").Hash |
            Should -Be 'BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD'
    }
}

Describe 'Streams' {
    It 'keeps each message in its stream' {
        $all = & {
            Write-Output 'o'
            Write-Warning 'w'
            Write-Verbose 'v' -Verbose
            Write-Information 'i'
            Write-Error 'e'
            Write-Host 'h'
        } *>&1
        $all.ForEach({ $_.GetType().Name }) | Should -Be @(
            'String', 'WarningRecord', 'VerboseRecord', 'InformationRecord', 'ErrorRecord', 'InformationRecord')
    }

    It 'throws with -ErrorAction Stop' {
        { Write-Error 'bad' -ErrorAction Stop } | Should -Throw 'bad'
    }
}

Describe 'Runspaces that others open' {
    It 'have the commands too' {
        $made = 1..2 | ForEach-Object -Parallel { Join-Path 'a' "$_" | Select-Object -First 1 }
        $made | Sort-Object | Should -Be @((Join-Path 'a' '1'), (Join-Path 'a' '2'))
    }

    It 'find every command of the host in its manifest' {
        $manifest = Import-PowerShellDataFile (Get-Module -ListAvailable Grap.Host).Path
        $listed = $manifest.CmdletsToExport | Sort-Object
        $own = Get-Command -CommandType Cmdlet |
            Where-Object { $_.ImplementingType.Namespace -like 'Grap.Host.Commands*' } |
            ForEach-Object Name |
            Sort-Object -Unique
        $listed | Should -Be $own
    }
}

Describe 'What is not there' {
    It 'is not recognized' {
        { Invoke-WebRequest 'http://localhost' } | Should -Throw -ErrorId 'CommandNotFoundException'
    }

    It 'is no parameter' {
        { Get-ChildItem -FollowSymlink } | Should -Throw -ErrorId 'NamedParameterNotFound*'
    }
}
