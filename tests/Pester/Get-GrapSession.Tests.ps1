BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Get-GrapSession' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'returns nothing where no session is open' { Get-GrapSession | Should -BeNullOrEmpty }

    It 'says that a number is not open' {
        { Get-GrapSession -Number 4711 -ErrorAction Stop } | Should -Throw -ErrorId (ErrorId SessionClosed Get-GrapSession)
    }

    Context 'with a server' -Skip:$noServer {
        BeforeAll { $server = $global:GrapTestServer }
        AfterEach { Get-GrapSession | Remove-GrapSession }

        It 'lists open sessions, oldest first, until they are removed' {
            $first = New-GrapSession $server.Uri $server.Credential
            $second = New-GrapSession $server.Uri $server.Credential
            (Get-GrapSession).Number | Should -Be $first.Number, $second.Number
            (Get-GrapSession $second.Number).Number | Should -Be $second.Number
            Remove-GrapSession $first
            (Get-GrapSession).Number | Should -Be $second.Number
        }

        It 'does not list what a command opens for itself' {
            $null = Invoke-GrapQuery 'RETURN 1' -Uri $server.Uri -Credential $server.Credential
            Get-GrapSession | Should -BeNullOrEmpty
        }
    }
}
