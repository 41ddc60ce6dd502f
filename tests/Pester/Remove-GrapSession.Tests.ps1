BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Remove-GrapSession' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'refuses what is no session' { { Remove-GrapSession -Session 'nothing' } | Should -Throw }

    Context 'with a server' -Skip:$noServer {
        BeforeEach { $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential }
        AfterEach { Get-GrapSession | Remove-GrapSession }

        It 'closes a session, and commands that use it afterwards say so' {
            Remove-GrapSession $session | Should -BeNullOrEmpty
            $session.IsOpen | Should -BeFalse
            { Invoke-GrapQuery 'RETURN 1' -Session $session } | Should -Throw -ErrorId (ErrorId SessionClosed Invoke-GrapQuery)
        }

        It 'takes the number of a session' {
            Remove-GrapSession $session.Number
            $session.IsOpen | Should -BeFalse
        }

        It 'leaves it open with -WhatIf' {
            Remove-GrapSession $session -WhatIf
            $session.IsOpen | Should -BeTrue
        }
    }
}
