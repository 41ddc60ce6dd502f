BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Get-GrapAuditLog' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'says that a repository is not there' {
        { Get-GrapAuditLog -Repository "$TestDrive/nowhere" } |
            Should -Throw -ErrorId (ErrorId RepositoryUnavailable Get-GrapAuditLog)
    }

    Context 'with operations of every kind' -Skip:$noServer {
        BeforeAll {
            $env:NEO4J_URI = $global:GrapTestServer.Uri
            $env:NEO4J_AUTH = "neo4j/$($global:GrapTestServer.Password)"
            $env:BACKUP_DIR = "$TestDrive/repo"
            # Other tests count what is in this server's database.
            $env:GRAP_PROJECTION = 'false'
            $start = [datetimeoffset]::Now
            $null = New-GrapBackup -Id one -Verify Checksum
            $null = Protect-GrapBackup one
            Remove-GrapBackup one -Confirm:$false -ErrorAction SilentlyContinue
            try { New-GrapBackup -Id one } catch { }
            Remove-GrapBackup one -Force
        }
        AfterAll { Clear-Setting }

        It 'returns entries, newest first' {
            $entries = Get-GrapAuditLog
            $entries.Operation | Should -Be 'BackupRemoved', 'BackupCreated', 'BackupRemoved', 'BackupProtected', 'BackupVerified', 'BackupCreated'
            $entries.Result | Should -Be 'success', 'failure', 'failure', 'success', 'success', 'success'
            $entries.Sequence | Should -Be 6, 5, 4, 3, 2, 1
            $entries | ForEach-Object { $_.EntityId | Should -BeExactly 'one'; $_.Timestamp | Should -BeGreaterOrEqual $start.AddSeconds(-1) }
        }

        It 'returns them oldest first with -Oldest' { (Get-GrapAuditLog -Oldest -First 2).Sequence | Should -Be 1, 2 }

        It 'says why something failed' {
            (Get-GrapAuditLog BackupRemoved -Result failure).Details['condition'] | Should -BeExactly 'BackupProtected'
            (Get-GrapAuditLog BackupCreated -Result failure).Details['condition'] | Should -BeExactly 'BackupExists'
        }

        It 'filters with <Filter>' -TestCases @(
            @{ Filter = @{ Operation = 'Backup[RP]*' }; Expected = 6, 4, 3 }
            @{ Filter = @{ Operation = 'backupcreated'; Result = 'success' }; Expected = 1 }
            @{ Filter = @{ First = 1 }; Expected = 6 }
            @{ Filter = @{ EntityId = 'o*'; EntityType = 'backup'; Result = 'failure' }; Expected = 5, 4 }
            @{ Filter = @{ EntityId = 'two' }; Expected = $null }
            @{ Filter = @{ EntityType = 'database' }; Expected = $null }
            @{ Filter = @{ Actor = '*@nowhere' }; Expected = $null }
            @{ Filter = @{ Before = '2020-01-01' }; Expected = $null }
            @{ Filter = @{ After = '2020-01-01'; Before = '2999-01-01'; First = 2 }; Expected = 6, 5 }
        ) {
            (Get-GrapAuditLog @Filter).Sequence | Should -Be $Expected
        }

        It 'takes repositories from the pipeline' {
            [pscustomobject]@{ Repository = "$TestDrive/repo" } | Get-GrapAuditLog -First 1 | Should -HaveCount 1
        }

        It 'completes operations' { (Complete 'Get-GrapAuditLog -Operation BackupP').CompletionText | Should -Be 'BackupProtected' }

        It 'names the line that somebody changed' {
            Copy-Item -LiteralPath "$TestDrive/repo" -Destination "$TestDrive/changed" -Recurse
            $lines = Get-Content -LiteralPath "$TestDrive/changed/journal.jsonl"
            $lines[2] = $lines[2].Replace('BackupProtected', 'BackupUnprotected')
            Set-Content -LiteralPath "$TestDrive/changed/journal.jsonl" -Value $lines
            $failure = { Get-GrapAuditLog -Repository "$TestDrive/changed" } |
                Should -Throw -ErrorId (ErrorId JournalCorrupt Get-GrapAuditLog) -PassThru
            "$failure" | Should -Match 'Line 3 '
        }
    }

    Context 'after queries' -Skip:$noServer {
        BeforeAll {
            $env:BACKUP_DIR = "$TestDrive/queries"
            $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential
            $null = New-GrapBackup -Session $session -Id one
        }
        AfterAll {
            $env:GRAP_PROJECTION = 'false'
            $null = Invoke-GrapQuery 'MATCH (n:GrapProjection) DETACH DELETE n' -Session $session
            Remove-GrapSession $session
            Clear-Setting
        }

        It 'has what a query changed, and nothing of what it said' {
            Invoke-GrapQuery 'CREATE (:Guest {name: $name, city: "Atlantis"})' -Parameter @{ name = 'Nemo' } -Session $session
            $entry = Get-GrapAuditLog -First 1
            $entry.Operation | Should -BeExactly 'QueryRun'
            $entry.EntityType, $entry.EntityId | Should -Be 'database', 'neo4j'
            $entry.Details['nodes-created'] | Should -BeExactly '1'
            $entry.Details['queryHash'] | Should -Match '^[0-9a-f]{64}$'
            Get-Content -LiteralPath "$TestDrive/queries/journal.jsonl" -Raw | Should -Not -Match 'Nemo|Atlantis|Guest'
        }

        It 'shows it in the database as the operator guide asks for it' {
            $rows = Invoke-GrapQuery -ReadOnly -Session $session @'
MATCH (a:AuditLogEntry)
RETURN a.timestamp, a.operation, a.actor, a.result
ORDER BY a.timestamp DESC
LIMIT 20;
'@
            $rows[0].'a.operation' | Should -BeExactly 'QueryRun'
            $rows.'a.operation' | Should -Contain 'BackupCreated'
        }

        It 'has a failed query too, without its text' {
            { Invoke-GrapQuery 'MATCH (n:Guest) SET n.secret = xyzzy' -Session $session } | Should -Throw
            $entry = Get-GrapAuditLog QueryRun -First 1
            $entry.Result | Should -BeExactly 'failure'
            $entry.Details['code'] | Should -BeExactly 'Neo.ClientError.Statement.SyntaxError'
            Get-Content -LiteralPath "$TestDrive/queries/journal.jsonl" -Raw | Should -Not -Match 'xyzzy'
        }

        It 'has nothing of queries that only read' {
            $before = (Get-GrapAuditLog -First 1).Sequence
            $null = Invoke-GrapQuery 'MATCH (n) RETURN count(n)' -Session $session
            $null = Invoke-GrapQuery 'MATCH (n) RETURN count(n)' -Session $session -ReadOnly
            (Get-GrapAuditLog -First 1).Sequence | Should -Be $before
        }

        It 'has every query of a pipeline' {
            'CREATE (:Guest)', 'MATCH (n:Guest) DELETE n' | Invoke-GrapQuery -Session $session
            (Get-GrapAuditLog -First 2).Result | Should -Be 'success', 'success'
            (Get-GrapAuditLog -First 1).Details['nodes-deleted'] | Should -Not -BeNullOrEmpty
        }

        It 'warns where the repository that was set is not there' {
            $env:BACKUP_DIR = "$TestDrive/missing"
            try {
                Invoke-GrapQuery 'MERGE (n:Guest) DELETE n' -Session $session -WarningVariable warnings -WarningAction SilentlyContinue
                "$warnings" | Should -Match 'no repository'
            }
            finally { $env:BACKUP_DIR = "$TestDrive/queries" }
        }
    }
}
