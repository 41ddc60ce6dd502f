using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Grap.Audit;
using Grap.Backups;
using Grap.Bolt;
using Grap.Health;
using Grap.Lab.Servers;
using Grap.Schemas;
using Grap.Servers;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Health;

/// <summary>Servers that are well, down, silent, refusing, slow, and full of drift.</summary>
public sealed class HealthTests(ServerPool servers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => ServerPool.SlowVersions;

    [Fact]
    public async Task A_server_that_is_down_fails_at_once_and_the_backups_are_looked_at_all_the_same()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var report = await CheckAsync(Address(port), new HealthOptions(), repository: Path.GetTempPath());

        Assert.Equal(["Fail", "Skip", "Skip", "Skip"], Statuses(report));
        Assert.Equal((HealthStatus.Unhealthy, 2), (report.Status, report.ExitCode));
        Assert.Contains("refused", report.Checks[0].Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_server_that_never_answers_fails_at_its_limit_and_keeps_nobody_waiting()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var clock = Stopwatch.StartNew();

        var report = await CheckAsync(
            Address(((IPEndPoint)listener.LocalEndpoint).Port),
            new HealthOptions { ConnectivityLimit = TimeSpan.FromSeconds(1) }, repository: null);

        Assert.Equal(["Fail", "Skip", "Skip", "Skip"], Statuses(report));
        Assert.Equal("Not done within 1 s", report.Checks[0].Message);
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_server_that_refuses_the_password_fails_and_the_password_is_not_told()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        var options = new SessionOptions(
            BoltAddress.Parse(borrowed.Server.Uri.OriginalString), BoltAuth.Basic("neo4j", "not-the-password"));

        var report = await CheckAsync(options, new HealthOptions(), repository: null);

        Assert.Equal(TierStatus.Fail, report.Checks[0].Status);
        Assert.Contains("credentials", report.Checks[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", report.Text + report.ToJson(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_was_declared_and_initialized_passes_and_every_drift_is_named(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var schema = Declared();
        await borrowed.RunAsync("""
            CREATE (l:City {name: 'Lyon'})-[:IN {since: 1}]->(:Country {name: 'France'}), (:City {name: 'Nice'})-[:IN {since: 2}]->(:Country {name: 'F'})
            """, Cancellation);
        Assert.Equal(
            ["grap_projection_id", "city_id", "city_name", "words"], await InitializeAsync(place.Session, schema));
        Assert.Empty(await InitializeAsync(place.Session, schema));
        await borrowed.RunAsync("CALL db.awaitIndexes(60)", Cancellation);

        var healthy = await CheckAsync(place, schema);

        Assert.Equal(["Pass", "Pass", "Pass", "Fail"], Statuses(healthy));
        Assert.Equal("All graph nodes and relationships conform to schema", healthy.Checks[1].Message);
        Assert.Equal("There is no good backup of database neo4j", healthy.Checks[3].Message);

        await borrowed.RunAsync("DROP CONSTRAINT city_id", Cancellation);
        await borrowed.RunAsync("DROP INDEX city_name", Cancellation);
        await borrowed.RunAsync("CREATE INDEX city_name FOR (n:City) ON (n.other)", Cancellation);
        await borrowed.RunAsync("CREATE (:City), (:City {name: 'Nowhere'})", Cancellation);
        await borrowed.RunAsync("MATCH (n:Country {name: 'F'}) DETACH DELETE n", Cancellation);
        await borrowed.RunAsync("MATCH ()-[r:IN]->() REMOVE r.since", Cancellation);
        await borrowed.RunAsync("CALL db.awaitIndexes(60)", Cancellation);

        var drifted = await CheckAsync(place, schema);

        Assert.Equal(["Pass", "Fail", "Fail", "Fail"], Statuses(drifted));
        var findings = drifted.Checks[1].Findings;
        Assert.Equal(4, findings.Count);
        Assert.StartsWith("'city_id' is missing: UNIQUENESS FOR NODE City (id)", findings[0], StringComparison.Ordinal);
        Assert.StartsWith("'city_name' differs: declared as RANGE INDEX FOR NODE City (name)", findings[1], StringComparison.Ordinal);
        Assert.Equal("1 elements with label 'City' have no property 'name'", findings[2]);
        Assert.Equal("1 elements with type 'IN' have no property 'since'", findings[3]);
        Assert.Equal("Rule 'every City has IN to Country' does not hold: 3 times", drifted.Checks[2].Message);
        var conflict = Assert.Single(
            await new SchemaInitializer(place.Session).PlanAsync(schema, projects: true, Cancellation),
            step => step.Item.Outcome == SchemaOutcome.Conflict);
        Assert.Equal("city_name", conflict.Item.Name);
    }

    [Fact]
    public async Task Without_a_declaration_the_last_proven_backup_says_how_it_was()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        await borrowed.RunAsync("CREATE (:City {name: 'Lyon'})-[:IN]->(:Country)", Cancellation);
        await borrowed.RunAsync("CREATE INDEX gone FOR (n:City) ON (n.name)", Cancellation);
        await borrowed.RunAsync("CALL db.awaitIndexes(60)", Cancellation);
        Assert.Equal(["Pass", "Skip", "Skip", "Fail"], Statuses(await CheckAsync(place, null)));
        await place.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt, Id = "good" });

        var same = await CheckAsync(place, null);

        Assert.Equal(["Pass", "Pass", "Pass", "Pass"], Statuses(same));
        Assert.Equal("Indexes, constraints and labels are those of proven backup 'good'", same.Checks[1].Message);
        Assert.StartsWith(
            "No orphaned relationships found (every relationship in backup 'good' of ", same.Checks[2].Message, StringComparison.Ordinal);
        Assert.Equal("good", same.Backups!.LastProven!.Id);

        await borrowed.RunAsync("DROP INDEX gone", Cancellation);
        await borrowed.RunAsync("CREATE CONSTRAINT fresh FOR (n:City) REQUIRE n.name IS UNIQUE", Cancellation);
        await borrowed.RunAsync("MATCH (n:Country) DETACH DELETE n", Cancellation);

        var drifted = await CheckAsync(place, null);

        Assert.Equal((TierStatus.Warn, HealthStatus.Degraded), (drifted.Checks[1].Status, drifted.Status));
        Assert.Equal(3, drifted.Checks[1].Findings.Count);
        Assert.Contains(drifted.Checks[1].Findings, finding => finding.StartsWith("'fresh' is not in backup 'good'", StringComparison.Ordinal));
        Assert.Contains(drifted.Checks[1].Findings, finding => finding.StartsWith("'gone' of backup 'good' is missing", StringComparison.Ordinal));
        Assert.Contains("No node has label 'Country' any more; backup 'good' has 1", drifted.Checks[1].Findings);
    }

    [Fact]
    public async Task What_Grap_keeps_in_the_database_is_not_counted()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        await borrowed.RunAsync("CREATE (:City)-[:IN]->(:Country), (:AuditLogEntry {id: 'mine'})", Cancellation);
        await place.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt });
        await new Projector(place.Session, place.Repository).UpdateAsync(Cancellation);
        // Somebody tied something of theirs to one of Grap's nodes.
        await borrowed.RunAsync("MATCH (a:AuditLogEntry:GrapProjection) WITH a LIMIT 1 MATCH (c:City) CREATE (c)-[:SEE]->(a)", Cancellation);

        var report = await CheckAsync(place, null, options => options with { Detailed = true });

        var statistics = report.Statistics!;
        Assert.Equal((3, 1, 1), (statistics.Nodes, statistics.Relationships, statistics.IsolatedNodes));
        Assert.Equal(["AuditLogEntry", "City", "Country"], statistics.NodesByLabel.Keys);
        Assert.Equal(1, statistics.NodesByLabel["AuditLogEntry"]);
        Assert.Equal(["IN"], statistics.RelationshipsByType.Keys);
        Assert.Equal(5, statistics.ProjectedNodes);
        Assert.Contains("\"node_count\": 3", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_takes_too_long_fails_by_itself_and_the_server_stops_working_on_it()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var slow = Parse("""
            { "version": 1, "rules": [{ "name": "slow", "cypher": "UNWIND range(1, 2000000000) AS x WITH x WHERE x < 0 RETURN count(*)" }] }
            """);

        var report = await CheckAsync(place, slow, options => options with { OrphanLimit = TimeSpan.FromSeconds(1), Detailed = true });

        Assert.Equal(["Pass", "Pass", "Fail", "Fail"], Statuses(report));
        Assert.Equal("Not done within 1 s", report.Checks[2].Message);
        Assert.NotNull(report.Statistics);
        Assert.Null(report.StatisticsProblem);
        var deadline = Stopwatch.StartNew();
        while ((await borrowed.RunAsync(
            "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS '2000000000' AND NOT currentQuery CONTAINS 'SHOW' RETURN 1",
            Cancellation)).Count > 0)
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(10), "The server still works on the query.");
            await Task.Delay(200, Cancellation);
        }
    }

    [Fact]
    public async Task Numbers_that_are_not_counted_in_time_are_told_and_fail_nothing()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);

        var report = await CheckAsync(place, null, static options => options with
        {
            Tiers = [HealthTier.Connectivity],
            OrphanLimit = TimeSpan.FromTicks(1),
            Detailed = true,
        });

        Assert.Null(report.Statistics);
        Assert.Equal((HealthStatus.Healthy, "Not done within 0 s"), (report.Status, report.StatisticsProblem));
    }

    [Fact]
    public async Task A_rule_cannot_write()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var writing = Parse("""{ "version": 1, "rules": [{ "name": "w", "cypher": "CREATE (:Intruder) RETURN 0" }] }""");

        var report = await CheckAsync(place, writing);

        Assert.Equal(TierStatus.Fail, report.Checks[2].Status);
        Assert.StartsWith("Rule 'w' could not be asked: ", report.Checks[2].Message, StringComparison.Ordinal);
        Assert.Equal(0L, (await borrowed.RunAsync("MATCH (n:Intruder) RETURN count(n)", Cancellation))[0][0]);
    }

    private static DeclaredSchema Declared() => Parse("""
        {
          "version": 1,
          "labels": { "City": { "required": true, "properties": ["name"] }, "Country": { "required": true } },
          "relationshipTypes": { "IN": { "properties": ["since"] } },
          "constraints": [{ "name": "city_id", "type": "unique", "label": "City", "properties": ["id"] }],
          "indexes": [
            { "name": "city_name", "type": "range", "label": "City", "properties": ["name"] },
            { "name": "words", "type": "fulltext", "labels": ["City", "Country"], "properties": ["name"] }
          ],
          "rules": [{ "every": "City", "has": "IN", "to": "Country", "direction": "out" }]
        }
        """);

    private static DeclaredSchema Parse(string text) => DeclaredSchema.Parse(Encoding.UTF8.GetBytes(text), "schema.json");

    private static async Task<List<string>> InitializeAsync(Session session, DeclaredSchema schema)
    {
        var initializer = new SchemaInitializer(session);
        var created = new List<string>();
        foreach (var step in await initializer.PlanAsync(schema, projects: true, Cancellation))
        {
            if (step.Item.Outcome == SchemaOutcome.Missing)
            {
                Assert.Equal(SchemaOutcome.Created, (await initializer.CreateAsync(step, Cancellation)).Outcome);
                created.Add(step.Item.Name);
            }
        }
        return created;
    }

    private static SessionOptions Address(int port) => new(BoltAddress.Parse($"bolt://127.0.0.1:{port}"), BoltAuth.None);

    private static async Task<HealthReport> CheckAsync(SessionOptions login, HealthOptions options, string? repository)
    {
        Session? opened = null;
        try
        {
            return await new HealthCheck(options).RunAsync(new HealthTarget(
                login.Address.ToString(), async stopping => opened = await Session.OpenAsync(login, stopping))
            {
                Repository = repository,
            }, Cancellation);
        }
        finally
        {
            if (opened is not null)
                await opened.DisposeAsync();
        }
    }

    private static Task<HealthReport> CheckAsync(
        Workplace place, DeclaredSchema? schema, Func<HealthOptions, HealthOptions>? change = null)
    {
        var options = new HealthOptions { Schema = schema };
        return new HealthCheck(change?.Invoke(options) ?? options).RunAsync(
            new HealthTarget(place.Session.Uri, _ => Task.FromResult(place.Session)) { Repository = place.Repository.Path },
            Cancellation);
    }

    private static IEnumerable<string> Statuses(HealthReport report) =>
        report.Checks.Select(check => check.Status.ToString());
}
