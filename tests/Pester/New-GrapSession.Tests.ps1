BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'New-GrapSession' {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"

        # Something that accepts one connection, answers it with the given bytes, and ends when the test does.
        function Start-Listener([byte[]] $Answer) {
            $listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
            $listener.Start()
            $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
            $runspace.Open()
            $shell = [powershell]::Create($runspace).AddScript({
                    param($listener, $answer)
                    $client = $listener.AcceptTcpClient()
                    $stream = $client.GetStream()
                    $null = $stream.Read([byte[]]::new(1024), 0, 1024)
                    $stream.Write($answer, 0, $answer.Length)
                    $null = $stream.Read([byte[]]::new(1024), 0, 1024)
                    $client.Dispose()
                }).AddArgument($listener).AddArgument($Answer)
            $null = $shell.BeginInvoke()
            [pscustomobject]@{ Port = $listener.LocalEndpoint.Port; Listener = $listener; Shell = $shell }
        }

        function Stop-Listener($Started) {
            $Started.Listener.Stop()
            $Started.Shell.Stop()
            $Started.Shell.Runspace.Dispose()
            $Started.Shell.Dispose()
        }
    }
    AfterEach { Clear-Setting }

    It 'refuses <Address> as an address' -TestCases @(
        @{ Address = 'http://localhost:7474' }
        @{ Address = 'localhost:7687' }
        @{ Address = 'bolt://' }
        @{ Address = 'bolt://localhost:99999' }
        @{ Address = 'bolt://neo4j:sesame@localhost' }
    ) {
        $failure = { New-GrapSession -Uri $Address } |
            Should -Throw -ErrorId (ErrorId InvalidAddress New-GrapSession) -PassThru
        "$($failure.Exception)" | Should -Not -Match 'sesame'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
    }

    It 'says that nothing listens at a port' {
        $started = Start-Listener ([byte[]]0)
        Stop-Listener $started
        $failure = { New-GrapSession -Uri "bolt://127.0.0.1:$($started.Port)" } |
            Should -Throw -ErrorId (ErrorId ServerUnavailable New-GrapSession) -PassThru
        $failure.CategoryInfo.Category | Should -Be 'ConnectionError'
        $failure.ErrorDetails.RecommendedAction | Should -Match 'Start Neo4j'
    }

    It 'says that a host does not exist' {
        { New-GrapSession -Uri bolt://no-such-host.invalid } |
            Should -Throw -ErrorId (ErrorId ServerUnavailable New-GrapSession)
    }

    It 'says that a web server is not Neo4j' {
        $started = Start-Listener ([System.Text.Encoding]::ASCII.GetBytes("HTTP/1.1 400 Bad Request`r`n`r`n"))
        try {
            { New-GrapSession -Uri "bolt://127.0.0.1:$($started.Port)" } |
                Should -Throw -ErrorId (ErrorId NotNeo4j New-GrapSession)
        }
        finally { Stop-Listener $started }
    }

    It 'says which Neo4j is needed where the server is too old' {
        $started = Start-Listener ([byte[]](0, 0, 0, 0))
        try {
            $failure = { New-GrapSession -Uri "bolt://127.0.0.1:$($started.Port)" } |
                Should -Throw -ErrorId (ErrorId ServerUnsupported New-GrapSession) -PassThru
            $failure.ErrorDetails.RecommendedAction | Should -Match 'Neo4j 5\.0 or later'
        }
        finally { Stop-Listener $started }
    }

    It 'says that the server does not speak TLS' {
        $started = Start-Listener ([System.Text.Encoding]::ASCII.GetBytes('no TLS here, just text'))
        try {
            { New-GrapSession -Uri "bolt+s://127.0.0.1:$($started.Port)" } |
                Should -Throw -ErrorId (ErrorId TlsFailed New-GrapSession)
        }
        finally { Stop-Listener $started }
    }

    It 'gives up on a silent server after the time allowed' {
        $silent = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
        $silent.Start()
        try {
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            { New-GrapSession -Uri "bolt://127.0.0.1:$($silent.LocalEndpoint.Port)" -ConnectTimeout 1 } |
                Should -Throw -ErrorId (ErrorId ServerUnavailable New-GrapSession)
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 8
        }
        finally { $silent.Stop() }
    }

    It 'takes no password as text' {
        (Get-Command New-GrapSession).Parameters.Values.Name | Should -Not -Contain 'Password'
        { New-GrapSession -Credential 'neo4j' } | Should -Throw
    }

    Context 'with a server' -Skip:$noServer {
        BeforeAll { $server = $global:GrapTestServer }
        AfterEach { Get-GrapSession | Remove-GrapSession }

        It 'connects with parameters' {
            $session = New-GrapSession -Uri $server.Uri -Credential $server.Credential
            $session.Uri | Should -BeExactly $server.Uri
            $session.Database | Should -BeExactly 'neo4j'
            $session.ServerVersion | Should -BeExactly $server.Version
            $session.Edition | Should -BeExactly 'community'
            $session.Encrypted | Should -BeFalse
            $session.IsOpen | Should -BeTrue
        }

        It 'connects with settings' {
            $env:NEO4J_URI = $server.Uri
            $env:NEO4J_AUTH = "neo4j/$($server.Password)"
            (New-GrapSession).User | Should -BeExactly 'neo4j'
        }

        It 'refuses a wrong password without repeating it' {
            $env:NEO4J_AUTH = 'neo4j/wrong-sesame'
            $failure = { New-GrapSession -Uri $server.Uri } |
                Should -Throw -ErrorId (ErrorId AuthenticationFailed New-GrapSession) -PassThru
            "$($failure.Exception)" | Should -Not -Match 'sesame'
        }

        It 'refuses a database that is not there' {
            { New-GrapSession -Uri $server.Uri -Credential $server.Credential -Database nowhere } |
                Should -Throw -ErrorId (ErrorId DatabaseNotFound New-GrapSession)
        }

        It 'says that the server has no TLS' {
            { New-GrapSession -Uri ($server.Uri -replace '^bolt:', 'bolt+s:') -Credential $server.Credential } |
                Should -Throw -ErrorId (ErrorId TlsFailed New-GrapSession)
        }
    }
}
