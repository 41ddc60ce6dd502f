using Grap.Archives;
using Grap.Backups;
using Grap.Graphs;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Recovery;
using Grap.Tests.Integration.Reading;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Backups;

/// <summary>What is in the archive is what is in the database.</summary>
public class FaithfulnessTests(ServerPool servers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => ServerPool.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Every_type_and_every_oddity_comes_back_bit_for_bit(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        var (nodes, relationships) = await borrowed.LoadAsync(new GraphOptions(GraphName.Hostile), Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);

        var backup = await workplace.TakeAsync();

        Assert.Equal((nodes, relationships), (backup.Nodes, backup.Relationships));
        Assert.Equal(Exactness.Exact, backup.Exactness);
        foreach (var kind in new[] { BlockKind.Nodes, BlockKind.Relationships })
        {
            Assert.Equal(
                (await workplace.ReadSimplyAsync(kind)).Select(Convert.ToHexString),
                workplace.Elements(backup, kind).Select(Convert.ToHexString));
        }
        Assert.Equal(await new JavaScriptDriver().DumpAsync(borrowed.Server, Cancellation), workplace.Lines(backup));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_schema_is_kept_and_its_Cypher_recreates_it(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Hostile), Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);
        var schema = (await workplace.TakeAsync()).Manifest!.Schema;
        Assert.NotEmpty(schema.Constraints);
        Assert.Superset(
            new HashSet<string> { "RANGE", "TEXT", "POINT", "FULLTEXT", "LOOKUP" }, schema.Indexes.Select(static i => i.Type).ToHashSet());

        foreach (var constraint in schema.Constraints)
            await borrowed.RunAsync($"DROP CONSTRAINT {GraphLoader.Quote(constraint.Name)}", Cancellation);
        foreach (var index in schema.Indexes.Where(static i => i.OwningConstraint is null))
            await borrowed.RunAsync($"DROP INDEX {GraphLoader.Quote(index.Name)}", Cancellation);
        foreach (var constraint in schema.Constraints)
            await borrowed.RunAsync(constraint.Cypher, Cancellation);
        foreach (var index in schema.Indexes.Where(static i => i.OwningConstraint is null))
            await borrowed.RunAsync(index.Cypher, Cancellation);
        await borrowed.RunAsync("CALL db.awaitIndexes(120)", Cancellation);

        var again = (await workplace.TakeAsync()).Manifest!.Schema;
        Assert.Equal(schema.Constraints.Select(Describe), again.Constraints.Select(Describe));
        Assert.Equal(schema.Indexes.Select(Describe), again.Indexes.Select(Describe));

        // 5.13 writes 'COSINE' into createStatement for an index that was made with 'cosine'; both mean the same.
        static string Describe(object declared) => Newtonsoft.Json.JsonConvert.SerializeObject(declared)
            .Replace("\"cosine\"", "\"COSINE\"", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_empty_database_is_a_backup_too(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);

        var backup = await workplace.TakeAsync();

        Assert.Equal((0, 0, Exactness.Exact), (backup.Nodes, backup.Relationships, backup.Exactness));
    }

    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public async Task A_few_elements_left_in_a_wide_range_of_ids_are_found(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        await borrowed.RunAsync(
            "UNWIND range(1, 70000) AS i CALL { WITH i CREATE (:S {i: i})-[:T {i: i}]->(:S {i: -i}) } IN TRANSACTIONS OF 10000 ROWS",
            Cancellation);
        await borrowed.RunAsync(
            "MATCH (n:S) WHERE NOT abs(n.i) IN [1, 35000, 70000] CALL { WITH n DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS",
            Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);

        var backup = await workplace.TakeAsync();

        Assert.Equal((6, 3, Exactness.Exact), (backup.Nodes, backup.Relationships, backup.Exactness));
        Assert.Equal(await new JavaScriptDriver().DumpAsync(borrowed.Server, Cancellation), workplace.Lines(backup));
    }

    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public async Task Through_routing_the_same_graph_is_read(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, 3000), Cancellation);
        await using var direct = await Workplace.OpenAsync(borrowed.Server);
        await using var routed = await Workplace.OpenAsync(
            borrowed.Server, borrowed.Server.Uri.OriginalString.Replace("bolt://", "neo4j://", StringComparison.Ordinal));

        Assert.Equal((await direct.TakeAsync()).Fingerprint, (await routed.TakeAsync()).Fingerprint);
    }

    [Fact]
    public async Task What_Grap_keeps_in_the_database_is_no_part_of_a_backup()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await borrowed.RunAsync(
            "CREATE (u:AuditLogEntry {id: 'a user’s own'})-[:NEXT]->(:Thing) "
            + "CREATE (:AuditLogEntry:GrapProjection {id: 'ours', grap_repository: randomUUID()})<-[:SAW]-(u)",
            Cancellation);
        await borrowed.RunAsync("CREATE CONSTRAINT grap_audit FOR (n:GrapProjection) REQUIRE n.id IS UNIQUE", Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);

        var backup = await workplace.TakeAsync();

        Assert.Equal((2, 1, Exactness.Exact), (backup.Nodes, backup.Relationships, backup.Exactness));
        Assert.Empty(backup.Manifest!.Schema.Constraints);
    }

    [Fact]
    public async Task A_node_and_a_relationship_of_64_MiB_are_kept()
    {
        await using var server = await StartAsync(heap: 2048);
        await RunAsync(server, "CREATE (a:Big {v: $v})-[:R {v: $v}]->(:Small)", ("v", new byte[64 << 20]));
        await using var workplace = await Workplace.OpenAsync(server);

        var backup = await workplace.TakeAsync();

        Assert.Equal((2, 1, Exactness.Exact), (backup.Nodes, backup.Relationships, backup.Exactness));
        Assert.True(backup.RawBytes > 128L << 20);
    }

    [Fact]
    public async Task A_server_short_of_transaction_memory_is_asked_for_less_and_given_less()
    {
        await using var server = await StartAsync(heap: 700, ("dbms.memory.transaction.total.max", "40m"));
        // Small ones first, so that rows have grown when the large ones come.
        await RunAsync(server, "UNWIND range(1, 60000) AS i CALL { WITH i CREATE (:Small {i: i}) } IN TRANSACTIONS OF 5000 ROWS");
        for (var i = 0; i < 40; i++)
            await RunAsync(server, "CREATE (:Big {v: $v})", ("v", new byte[3 << 20]));
        await using var workplace = await Workplace.OpenAsync(server);

        var backup = await workplace.TakeAsync();

        Assert.Equal((60_040, Exactness.Exact), (backup.Nodes, backup.Exactness));
        Assert.Contains(backup.Manifest!.Reading!.Notes, static n => n.Contains("transaction memory", StringComparison.Ordinal));

        await RunAsync(server, "MATCH (n:Big) CALL { WITH n DELETE n } IN TRANSACTIONS OF 1 ROWS");
        await EmptyDatabase.MakeAsync(server, Cancellation);
        await using (var source = new ArchiveGraph(workplace.Repository.OpenArchive(backup.Id)))
        {
            var restored = await new GraphRestorer().RestoreAsync(
                source, workplace.Session, new RestoreOptions { BatchElements = 100_000 }, null, Cancellation);
            Assert.True(restored.Retries > 0);
        }
        Assert.Equal(backup.Fingerprint, (await workplace.TakeAsync()).Fingerprint);
    }

    private static Task<LabServer> StartAsync(int heap, params (string Name, string Value)[] settings) =>
        ServerPool.StartAsync(ServerPool.Options(LabServerOptions.DefaultVersion) with
        {
            HeapMegabytes = heap,
            Settings = settings.ToDictionary(static s => s.Name, static s => s.Value),
        }, Cancellation);

    private static async Task RunAsync(LabServer server, string text, params (string Name, object? Value)[] parameters)
    {
        await using var driver = server.Connect();
        await using var connection = await driver.AcquireAsync(Grap.Bolt.BoltAccessMode.Write, cancellation: Cancellation);
        var query = Grap.Bolt.BoltQuery.Create(text, parameters) with { Mode = Grap.Bolt.BoltAccessMode.Write };
        await using var cursor = await connection.RunAsync(query, Cancellation);
        while (await cursor.ReadAsync(Cancellation))
        {
            // Nothing comes back.
        }
    }
}
