BeforeDiscovery { . "$PSScriptRoot/SharedServer.ps1" }

Describe 'Invoke-GrapQuery' {
    BeforeAll { . "$PSScriptRoot/UseModule.ps1" }

    It 'refuses a parameter that Neo4j has no type for' {
        { Invoke-GrapQuery 'RETURN $x' -Parameter @{ x = [System.Threading.Thread]::CurrentThread } } |
            Should -Throw -ErrorId (ErrorId SettingInvalid Invoke-GrapQuery)
    }

    It 'reaches no server with -WhatIf' { Invoke-GrapQuery 'CREATE (:Never)' -Uri bolt://127.0.0.1:1 -WhatIf | Should -BeNullOrEmpty }

    Context 'with a server' -Skip:$noServer {
        BeforeAll { $session = New-GrapSession $global:GrapTestServer.Uri $global:GrapTestServer.Credential }
        AfterAll { Remove-GrapSession $session }

        It 'returns rows with the columns in their order' {
            $rows = Invoke-GrapQuery 'UNWIND [1, 2] AS i RETURN i AS z, i * 2 AS a, null AS nothing' -Session $session
            $rows | Should -HaveCount 2
            @($rows[0].PSObject.Properties.Name) | Should -Be 'z', 'a', 'nothing'
            $rows[1].a | Should -BeExactly 4
            $rows[1].nothing | Should -BeNullOrEmpty
        }

        It 'keeps columns apart that differ by case only' {
            $row = Invoke-GrapQuery 'RETURN 1 AS n, 2 AS N' -Session $session
            @($row.PSObject.Properties.Name) | Should -Be 'n', 'N_2'
        }

        It 'returns <Cypher> as <Text>' -TestCases @(
            @{ Cypher = 'date("2026-01-31")'; Text = '2026-01-31' }
            @{ Cypher = 'datetime("2026-01-31T23:59:59.123456789+01:00")'; Text = '2026-01-31T23:59:59.123456789+01:00' }
            @{ Cypher = 'localdatetime("2026-01-31T01:02:03")'; Text = '2026-01-31T01:02:03' }
            @{ Cypher = 'localtime("01:02:03.5")'; Text = '01:02:03.5' }
            @{ Cypher = 'time("01:02:03+02:00")'; Text = '01:02:03+02:00' }
            @{ Cypher = 'duration("P1Y2M3DT4H5M6.5S")'; Text = 'P1Y2M3DT4H5M6.5S' }
            @{ Cypher = 'point({x: 1.5, y: 2})'; Text = 'point({x: 1.5, y: 2.0, crs: ''cartesian''})' }
            @{ Cypher = '9223372036854775807'; Text = '9223372036854775807' }
            @{ Cypher = '"Zürich ☃ 😀"'; Text = 'Zürich ☃ 😀' }
        ) {
            $value = (Invoke-GrapQuery "RETURN $Cypher AS value" -Session $session).value
            "$value" | Should -BeExactly $Text
            $back = Invoke-GrapQuery 'RETURN $value = $value AS same, toString($value) AS text' -Parameter @{ value = $value } -Session $session -ErrorAction Ignore
            if ($back) { $back.same | Should -BeTrue }
        }

        It 'returns nodes, relationships and paths' {
            $row = Invoke-GrapQuery 'MATCH p = (a)-[r]->(b) RETURN a, r, p LIMIT 1' -Session $session
            $row.a.Labels.Count | Should -BeGreaterThan 0
            $row.r.StartId | Should -Be $row.a.Id
            $row.r.Type | Should -Not -BeNullOrEmpty
            $row.p.Length | Should -Be 1
            $row | Format-List | Out-String | Should -Match '\]->\('
        }

        It 'passes nested parameters' {
            $nested = @{ name = 'Ada'; list = 1, @{ deep = $true }; none = $null }
            $row = Invoke-GrapQuery 'RETURN $p.name AS name, $p.list[1].deep AS deep, $p.none AS none' -Parameter @{ p = $nested } -Session $session
            $row.name | Should -BeExactly 'Ada'
            $row.deep | Should -BeTrue
            $row.none | Should -BeNullOrEmpty
        }

        It 'runs queries from the pipeline, and goes on after one that failed' {
            $rows = 'RETURN 1 AS n', 'NONSENSE', 'RETURN 3 AS n' |
                Invoke-GrapQuery -Session $session -ErrorAction SilentlyContinue -ErrorVariable failures
            $rows.n | Should -Be 1, 3
            $failures[0].FullyQualifiedErrorId | Should -BeExactly (ErrorId QueryFailed Invoke-GrapQuery)
        }

        It 'ends with an error where the only query fails' {
            $failure = { Invoke-GrapQuery 'NONSENSE' -Session $session } |
                Should -Throw -ErrorId (ErrorId QueryFailed Invoke-GrapQuery) -PassThru
            "$failure" | Should -Match 'Neo\.ClientError\.Statement\.SyntaxError'
        }

        It 'changes nothing with -ReadOnly or -WhatIf, and does without' {
            { Invoke-GrapQuery 'CREATE (:Guest)' -ReadOnly -Session $session } |
                Should -Throw -ErrorId (ErrorId QueryFailed Invoke-GrapQuery)
            Invoke-GrapQuery 'CREATE (:Guest)' -WhatIf -Session $session
            (Invoke-GrapQuery 'MATCH (n:Guest) RETURN count(n) AS n' -ReadOnly -Session $session).n | Should -Be 0
            Invoke-GrapQuery 'CREATE (:Guest)' -Session $session
            (Invoke-GrapQuery 'MATCH (n:Guest) DELETE n RETURN count(*) AS n' -Session $session).n | Should -Be 1
        }

        It 'stops the query when the pipeline wants no more' {
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $rows = Invoke-GrapQuery 'UNWIND range(1, 1000000000) AS i RETURN i' -ReadOnly -Session $session | Select-Object -First 3
            $rows.i | Should -Be 1, 2, 3
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 10
            (Invoke-GrapQuery 'RETURN 1 AS one' -Session $session).one | Should -Be 1
        }

        It 'runs against the system database' {
            $names = (Invoke-GrapQuery 'SHOW DATABASES YIELD name' -Uri $global:GrapTestServer.Uri -Credential $global:GrapTestServer.Credential -Database system -ReadOnly).name
            $names | Should -Contain 'system'
        }
    }
}
