BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'deploy/neo4j/init-neo4j.sh' -Skip:(-not $IsLinux) {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $script = [System.IO.Path]::GetFullPath("$PSScriptRoot/../../deploy/neo4j/init-neo4j.sh")

        # Stands for the cypher-shell of Neo4j's image: keeps what it was given.
        $null = New-Item -ItemType Directory -Path "$TestDrive/bin"
        Set-Content -LiteralPath "$TestDrive/bin/cypher-shell" -Value '#!/bin/sh',
            'printf "%s\n%s\n%s\n" "$NEO4J_USERNAME" "$NEO4J_PASSWORD" "$*" > "$KEPT.how"', 'cat > "$KEPT"', 'exit "$SHELL_ENDS"'
        chmod 755 "$TestDrive/bin/cypher-shell"

        function Invoke-Script([int] $ShellEnds) {
            $start = [System.Diagnostics.ProcessStartInfo]::new('/bin/sh')
            $start.ArgumentList.Add($script)
            $start.Environment['PATH'] = "$TestDrive/bin:$env:PATH"
            $start.Environment['NEO4J_AUTH'] = 'neo4j/open/sesame'
            $start.Environment['KEPT'] = "$TestDrive/kept"
            $start.Environment['SHELL_ENDS'] = "$ShellEnds"
            $start.RedirectStandardOutput = $true
            $process = [System.Diagnostics.Process]::Start($start)
            $output = $process.StandardOutput.ReadToEnd()
            $process.WaitForExit()
            [pscustomobject]@{ ExitCode = $process.ExitCode; Output = $output }
        }
    }

    It 'says what the guide looks for where the schema is there' {
        $run = Invoke-Script 0
        $run.Output | Should -Match '^Schema initialization'
        $run.ExitCode | Should -Be 0
    }

    It 'says nothing of the kind where it could not' {
        $run = Invoke-Script 1
        $run.Output | Should -BeNullOrEmpty
        $run.ExitCode | Should -Not -Be 0
    }

    It 'gives the password in the environment, and on no command line' {
        $null = Invoke-Script 0
        $user, $password, $arguments = Get-Content -LiteralPath "$TestDrive/kept.how"
        $user | Should -BeExactly 'neo4j'
        $password | Should -BeExactly 'open/sesame'
        $arguments | Should -Not -Match 'sesame'
    }

    It 'creates what Initialize-GrapSchema would' -Skip:$noServer {
        $null = Invoke-Script 0
        $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
        $null = Invoke-GrapQuery 'DROP CONSTRAINT grap_projection_id IF EXISTS' -Session $session
        $null = Invoke-GrapQuery (Get-Content -LiteralPath "$TestDrive/kept" -Raw).Trim().TrimEnd(';') -Session $session
        (Invoke-GrapQuery "SHOW CONSTRAINTS YIELD name WHERE name = 'grap_projection_id' RETURN name" -Session $session).name |
            Should -BeExactly 'grap_projection_id'
        Initialize-GrapSchema -Session $session | Where-Object Outcome -EQ Created | Should -BeNullOrEmpty
        Remove-GrapSession $session
    }
}
