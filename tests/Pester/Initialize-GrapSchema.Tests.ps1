BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Initialize-GrapSchema' -Skip:$noServer {
    BeforeAll {
        . "$PSScriptRoot/UseModule.ps1"
        $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
        $repository = "$TestDrive/repo"
        $schema = "$TestDrive/schema.json"
        Set-Content -LiteralPath $schema -Value @'
{
  "version": 1,
  "constraints": [{ "name": "init_unique", "type": "unique", "label": "Initialized", "properties": ["id"] }],
  "indexes": [{ "name": "init_range", "type": "range", "label": "Initialized", "properties": ["at"] }]
}
'@
        function Remove-Schema {
            foreach ($drop in 'CONSTRAINT init_unique', 'INDEX init_range', 'INDEX init_point', 'CONSTRAINT grap_projection_id') {
                Invoke-GrapQuery "DROP $drop IF EXISTS" -Session $session -Repository "$TestDrive/nowhere" -WarningAction Ignore
            }
        }
    }
    BeforeEach { Remove-Schema }
    AfterAll {
        Remove-Schema
        Remove-GrapSession $session
    }
    AfterEach { Clear-Setting }

    It 'creates what is declared and what Grap needs, and nothing the second time' {
        $created = Initialize-GrapSchema $schema -Session $session -Repository $repository
        $created.Name | Should -Be 'grap_projection_id', 'init_unique', 'init_range'
        $created.Outcome | Sort-Object -Unique | Should -Be 'Created'
        Initialize-GrapSchema $schema -Session $session -Repository $repository | Should -BeNullOrEmpty
        (Get-GrapHealth -Session $session -Repository $repository -SchemaPath $schema).Checks[1].Status | Should -BeIn 'Pass', 'Warn'
    }

    It 'tells what it does' {
        $told = Initialize-GrapSchema $schema -Session $session -Repository $repository -Verbose 4>&1 |
            Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$($told[0])" | Should -Match '^Schema initialization of database neo4j'
        "$($told[-1])" | Should -BeExactly 'Schema initialization done: 3 of 3 created'
    }

    It 'creates nothing with -WhatIf' {
        Initialize-GrapSchema $schema -Session $session -Repository $repository -WhatIf | Should -BeNullOrEmpty
        Invoke-GrapQuery "SHOW INDEXES YIELD name WHERE name STARTS WITH 'init_' RETURN name" -Session $session -ReadOnly |
            Should -BeNullOrEmpty
    }

    It 'leaves out its own where nothing is projected' {
        $env:GRAP_PROJECTION = 'false'
        (Initialize-GrapSchema $schema -Session $session -Repository $repository).Name | Should -Be 'init_unique', 'init_range'
    }

    It 'leaves what has a declared name and is something else, and creates the rest' {
        Invoke-GrapQuery 'CREATE INDEX init_range FOR (n:Other) ON (n.x)' -Session $session -Repository "$TestDrive/nowhere" -WarningAction Ignore
        $created = Initialize-GrapSchema $schema -Session $session -Repository $repository -ErrorVariable failures -ErrorAction SilentlyContinue
        $created.Name | Should -Be 'grap_projection_id', 'init_unique'
        $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId SchemaNotCreated Initialize-GrapSchema)
        "$($failures[0])" | Should -Match 'init_range.*Conflict.*Other'
    }

    It 'tells what the server refuses, and records that without the values that it quotes' {
        Invoke-GrapQuery "UNWIND [1, 1] AS x CREATE (:Initialized {id: 'twice-there'})" -Session $session -Repository "$TestDrive/nowhere" -WarningAction Ignore
        try {
            $null = New-GrapBackup -Session $session -Repository $repository -Method Bolt
            $created = Initialize-GrapSchema $schema -Session $session -Repository $repository -ErrorVariable failures -ErrorAction SilentlyContinue
            $created.Name | Should -Contain 'init_range'
            $created.Name | Should -Not -Contain 'init_unique'
            $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId SchemaNotCreated Initialize-GrapSchema)
            $entry = Get-GrapAuditLog SchemaInitialized -Result failure -Repository $repository -First 1
            $entry.Details['condition'] | Should -BeExactly 'SchemaNotCreated'
            $entry.Details.Values | Should -Not -Match 'twice-there'
        }
        finally {
            Invoke-GrapQuery 'MATCH (n:Initialized) DELETE n' -Session $session -Repository "$TestDrive/nowhere" -WarningAction Ignore
        }
    }

    It 'writes to the audit log where there is a repository' {
        $null = New-GrapBackup -Session $session -Repository $repository -Method Bolt
        $null = Initialize-GrapSchema $schema -Session $session -Repository $repository
        $entry = Get-GrapAuditLog SchemaInitialized -Repository $repository -First 1
        $entry.Result | Should -BeExactly 'success'
        $entry.Details['created'] | Should -Match 'init_unique, init_range'
    }
}
