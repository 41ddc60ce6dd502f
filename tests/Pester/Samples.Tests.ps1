# The backup that the demo goes on with where there is no Neo4j. It was written by some earlier build, and must pass what this one asks.
Describe 'The backup in samples' {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        Copy-Item -Path "$PSScriptRoot/../../samples/backups" -Destination "$TestDrive/repo" -Recurse
    }
    AfterAll { Clear-Setting }

    It 'passes its proof' {
        $result = Get-GrapBackup -Repository "$TestDrive/repo" | Test-GrapBackup -Level Structure
        "$($result.Problems)" | Should -BeNullOrEmpty
        $result.Outcome | Should -Be 'Passed'
        $result.Id | Should -Be 'harbour'
    }
}
