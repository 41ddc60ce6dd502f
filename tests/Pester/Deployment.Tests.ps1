BeforeDiscovery {
    . "$PSScriptRoot/SharedServer.ps1"
    $noShell = $noServer -or -not $IsLinux -or -not $global:GrapTestServer.Home
}

Describe 'deploy/neo4j/init-neo4j.sh' -Skip:$noShell {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $server = $global:GrapTestServer
        $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
        $session = New-GrapSession $server.Uri $server.Credential

        # As in the container: cypher-shell on the PATH, the password in NEO4J_AUTH.
        function Invoke-Script([string] $Password) {
            $start = [System.Diagnostics.ProcessStartInfo]::new('/bin/sh')
            $start.ArgumentList.Add("$root/deploy/neo4j/init-neo4j.sh")
            $start.Environment['PATH'] = "$($server.Home)/bin:$env:PATH"
            $start.Environment['NEO4J_AUTH'] = "neo4j/$Password"
            $start.Environment['NEO4J_ADDRESS'] = $server.Uri
            $start.RedirectStandardOutput = $true
            $process = [System.Diagnostics.Process]::Start($start)
            $output = $process.StandardOutput.ReadToEnd()
            $process.WaitForExit()
            [pscustomobject]@{ ExitCode = $process.ExitCode; Output = $output }
        }
    }
    AfterAll { Remove-GrapSession $session }

    It 'creates what Initialize-GrapSchema would, and says so in the words that the guide looks for' {
        $null = Invoke-GrapQuery 'DROP CONSTRAINT grap_projection_id IF EXISTS' -Session $session
        $run = Invoke-Script $server.Password
        $run.Output | Should -Match '^Schema initialization'
        $run.ExitCode | Should -Be 0
        $items = Initialize-GrapSchema -Session $session
        $items.Name | Should -Contain 'grap_projection_id'
        $items.Outcome | Sort-Object -Unique | Should -Be Present
        (Invoke-Script $server.Password).ExitCode | Should -Be 0
    }

    It 'says nothing of the kind where it could not' {
        $run = Invoke-Script 'wrong'
        $run.ExitCode | Should -Not -Be 0
        $run.Output | Should -Not -Match 'Schema initialization'
    }
}
