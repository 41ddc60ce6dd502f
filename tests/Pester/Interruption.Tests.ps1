BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Ctrl+C' {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"

        # Runs a script in a runspace of its own, stops it after half a second, and says how long it took to stop.
        function Measure-Stop([string] $Script, [object[]] $Arguments) {
            $state = [initialsessionstate]::CreateDefault2()
            $state.ImportPSModule(@((Get-Module Grap).Path))
            $runspace = [runspacefactory]::CreateRunspace($state)
            $runspace.Open()
            $shell = [powershell]::Create($runspace).AddScript($Script)
            foreach ($argument in $Arguments) { $shell = $shell.AddArgument($argument) }
            try {
                $null = $shell.BeginInvoke()
                Start-Sleep -Milliseconds 500
                $shell.InvocationStateInfo.State | Should -Be 'Running'
                $clock = [System.Diagnostics.Stopwatch]::StartNew()
                $shell.Stop()
                $shell.InvocationStateInfo.State | Should -Be 'Stopped'
                $clock.Elapsed.TotalSeconds
            }
            finally {
                $shell.Dispose()
                $runspace.Dispose()
            }
        }
    }

    It 'ends connecting to a silent server within a second' {
        $silent = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
        $silent.Start()
        try {
            $script = 'New-GrapSession -Uri $args[0] -ConnectTimeout 60'
            Measure-Stop $script "bolt://127.0.0.1:$($silent.LocalEndpoint.Port)" | Should -BeLessThan 1
        }
        finally { $silent.Stop() }
    }

    It 'ends a query that computes within a second, and the session stays usable' -Skip:$noServer {
        $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
        $script = 'Invoke-GrapQuery "UNWIND range(1, 10000000000) AS i WITH i WHERE i < 0 RETURN i" -ReadOnly -Session $args[0]'
        Measure-Stop $script $session | Should -BeLessThan 1
        (Invoke-GrapQuery 'RETURN 1 AS one' -Session $session).one | Should -Be 1
        Remove-GrapSession $session
    }
}
