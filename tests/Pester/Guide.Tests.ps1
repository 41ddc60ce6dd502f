# Runs the operator's guide: in every chapter the blocks marked "run", one after the other, and compares what they print with the block
# "output" that follows. There an ellipsis stands for anything on a line, and a line of nothing else for any lines; blanks, empty lines and the
# rules under a table's head do not count.
BeforeDiscovery {
    . "$PSScriptRoot/SharedServer.ps1"
    $chapters = Get-ChildItem -Path "$PSScriptRoot/../../docs/guide" -Filter '*.md' |
        Where-Object { (Get-Content -LiteralPath $_.FullName -Raw) -match '(?m)^```powershell run$' } |
        ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } }
}

Describe 'The guide' {
    It 'has chapters to run' -TestCases @(@{ Count = @($chapters).Count }) { $Count | Should -BeGreaterThan 5 }
}

Describe 'The chapter <Name>' -ForEach $chapters -Skip:$noServer {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
        # As on a server that Grap has never seen.
        Invoke-GrapQuery 'MATCH (n:GrapProjection) WHERE n.grap_repository IS NOT NULL DETACH DELETE n' -Session $session
        Invoke-GrapQuery 'DROP CONSTRAINT grap_projection_id IF EXISTS' -Session $session
        Remove-GrapSession $session
        $folder = "$TestDrive/$([guid]::NewGuid())"
        $null = New-Item -ItemType Directory -Path $folder
        Push-Location -LiteralPath $folder
        $env:NEO4J_URI = $global:GrapTestServer.Uri
        $env:NEO4J_AUTH = "neo4j/$($global:GrapTestServer.Password)"
        $env:NEO4J_HOME = $global:GrapTestServer.Home
        $env:BACKUP_DIR = './backups'

        # The blocks of a page: the code and what it is to print, or nothing.
        function Get-Block([string] $Page) {
            $fence = '(?ms)^```powershell run\r?\n(?<code>.*?)^```\r?\n(\r?\n```output\r?\n(?<output>.*?)^```\r?$)?'
            foreach ($match in [regex]::Matches($Page, $fence)) {
                [pscustomobject]@{ Code = $match.Groups['code'].Value; Output = $match.Groups['output'].Value; HasOutput = $match.Groups['output'].Success }
            }
        }

        function Get-Line([string] $Text) {
            foreach ($line in $Text -split '\r?\n') {
                $plain = ($line -replace '\s+', ' ').Trim()
                if ($plain -and $plain -notmatch '^[- ]+$') { $plain }
            }
        }

        function Get-Pattern([string] $Expected) {
            $lines = foreach ($line in Get-Line $Expected) {
                if ($line -eq '…') { '(.*\n)*?' } else { [regex]::Escape($line).Replace('…', '.*') + '\n' }
            }
            '^' + (-join $lines) + '$'
        }
    }
    AfterAll {
        Clear-Setting
        Pop-Location
    }

    It 'prints what it says' {
        foreach ($block in Get-Block (Get-Content -LiteralPath $Path -Raw)) {
            $printed = . ([scriptblock]::Create($block.Code)) | Out-String -Width 250
            if ($block.HasOutput) {
                $lines = -join (Get-Line $printed | ForEach-Object { "$_`n" })
                $lines | Should -Match (Get-Pattern $block.Output) -Because "this was printed by: $($block.Code)"
            }
        }
    }
}
