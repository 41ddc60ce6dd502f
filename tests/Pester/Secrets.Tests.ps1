BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'The password' -Skip:$noServer {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $server = $global:GrapTestServer
        $env:NEO4J_URI = $server.Uri
        $env:NEO4J_AUTH = "neo4j/$($server.Password)"
    }
    AfterAll { Clear-Setting }

    It 'is in no stream and no file of a backup' {
        $text = & {
            $DebugPreference = 'Continue'
            $session = New-GrapSession -Verbose
            $session | Format-List *
            Get-GrapConfiguration | Format-List *
            New-GrapBackup -Session $session -Repository "$TestDrive/repo" -Id one -Verify Structure -Verbose
            Invoke-GrapQuery 'RETURN 1' -Session $session -Verbose
            Remove-GrapSession $session -Verbose
        } *>&1 | Out-String
        $text | Should -Match 'one'
        $text | Should -Not -Match $server.Password
        foreach ($file in Get-ChildItem -LiteralPath "$TestDrive/repo" -Recurse -File) {
            [System.Text.Encoding]::Latin1.GetString([System.IO.File]::ReadAllBytes($file.FullName)) |
                Should -Not -Match $server.Password
        }
    }

    It 'is in no error' {
        $Error.Clear()
        try { Invoke-GrapQuery 'NONSENSE' } catch { }
        try { New-GrapSession -Database nowhere } catch { }
        try { New-GrapSession -Uri bolt://127.0.0.1:1 } catch { }
        $Error.Count | Should -BeGreaterThan 0
        $Error | Format-List * -Force | Out-String | Should -Not -Match $server.Password
    }
}
