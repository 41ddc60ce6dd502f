BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Get-GrapHealth' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }
    AfterEach { Clear-Setting }

    It 'reports a server that is not there, and is no error' {
        $report = Get-GrapHealth -Uri bolt://127.0.0.1:1 -Repository "$TestDrive/nowhere" -ErrorAction Stop
        $report.Status | Should -Be 'Unhealthy'
        $report.ExitCode | Should -Be 2
        $report.Checks.Status | Should -Be 'Fail', 'Skip', 'Skip', 'Skip'
    }

    It 'refuses a schema file that it cannot read' {
        { Get-GrapHealth -Uri bolt://127.0.0.1:1 -SchemaPath "$TestDrive/nowhere.json" } |
            Should -Throw -ErrorId (ErrorId SchemaInvalid Get-GrapHealth)
    }

    It 'offers the checks' {
        (Complete 'Get-GrapHealth -Check o').CompletionText | Should -Be 'orphan_detection'
    }

    Context 'with a server' -Skip:$noServer {
        BeforeAll {
            $repository = "$TestDrive/repo"
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            $null = New-GrapBackup -Session $session -Repository $repository -Id good -Verify Structure -Method Bolt
        }
        AfterAll { Remove-GrapSession $session }

        It 'passes all checks after a proven backup' {
            $report = Get-GrapHealth -Session $session -Repository $repository
            $report.Checks.Name | Should -Be 'connectivity', 'schema_consistency', 'orphan_detection', 'backup_freshness'
            $report.Checks.Status | Should -Be 'Pass', 'Pass', 'Pass', 'Pass' -Because $report.Text
            $report.ExitCode | Should -Be 0
            $report.Backups.LastProven.Id | Should -BeExactly 'good'
        }

        It 'is shown as the operator guide shows it' {
            $lines = (Get-GrapHealth -Session $session -Repository $repository | Out-String -Width 200).Trim() -split '\r?\n'
            $lines[0] | Should -BeExactly ('=' * 60)
            $lines[1] | Should -BeExactly 'Neo4j Health Check Report'
            $lines[2] | Should -Match '^Timestamp: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$'
            $lines[3] | Should -BeExactly 'Status: HEALTHY'
            $lines[6] | Should -BeExactly 'Health Checks:'
            $lines[8] | Should -BeExactly '  ✓ connectivity                  [pass]'
            $lines[9] | Should -BeExactly '    Message: Neo4j is reachable and responding to queries'
            $lines[10] | Should -Match '^    Duration: \d+ms$'
        }

        It 'returns the document of the operator guide' {
            $document = Get-GrapHealth -Session $session -Repository $repository -AsJson -Detailed | ConvertFrom-Json
            $document.status | Should -BeExactly 'healthy'
            $document.checks.connectivity.status | Should -BeExactly 'pass'
            $document.graph_stats.node_count | Should -Be $global:GrapTestServer.Nodes
            $document.graph_stats.relationship_count | Should -Be $global:GrapTestServer.Relationships
        }

        It 'runs only the checks that are asked for, and connectivity' {
            (Get-GrapHealth -Session $session -Repository $repository -Check backup_freshness).Checks.Name |
                Should -Be 'connectivity', 'backup_freshness'
        }

        It 'takes the ages that are allowed' {
            $report = Get-GrapHealth -Session $session -Repository $repository -MaxBackupAge 0:0:0.001 -MaxProofAge 0:0:0.001
            $report.Checks[3].Status | Should -Be 'Fail'
            $report.Checks[3].Findings | Should -HaveCount 2
        }

        It 'compares with the schema that the settings name' {
            Set-Content -LiteralPath "$TestDrive/schema.json" -Value '{ "version": 1, "labels": { "NoSuch": { "required": true } } }'
            $env:GRAP_SCHEMA = 'schema.json'
            $check = (Get-GrapHealth -Session $session -Repository $repository).Checks[1]
            $check.Status | Should -Be 'Fail'
            $check.Message | Should -BeExactly "Nothing has the required label 'NoSuch'"
        }

        It 'has a report that survives a journey' {
            (Copy-Deserialized (Get-GrapHealth -Session $session -Repository $repository)).Text | Should -Match 'HEALTHY'
        }
    }
}
