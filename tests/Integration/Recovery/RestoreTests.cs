using Grap.Backups;
using Grap.Graphs;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Recovery;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Reading;
using Grap.Tests.Integration.Servers;
using Newtonsoft.Json;

namespace Grap.Tests.Integration.Recovery;

/// <summary>What was in the database is in the database that it was restored into, as Neo4j's own driver reads
/// both.</summary>
public sealed class RestoreTests(ServerPool servers)
{
    /// <summary>From which version to which. Back to the oldest is what loses most; within a version, a proof restores the same
    /// graph (<see cref="LogicalProofTests"/>).</summary>
    public static TheoryData<string, string> Pairs { get; } = ServerPool.IsFull
        ? new()
        {
            { "5.26.30", "5.26.30" }, { "5.13.0", "5.13.0" }, { "2026.08.1", "2026.08.1" },
            { "5.13.0", "2026.08.1" }, { "2026.08.1", "5.13.0" },
        }
        : new() { { "2026.08.1", "5.13.0" } };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_hostile_graph_comes_back_bit_for_bit(string from, string to)
    {
        var same = from == to;
        var taken = await TakeAsync(from, same);
        await using var workplace = taken.Workplace;
        await using var borrowed = await servers.BorrowAsync(to, Cancellation);
        await using var target = await Workplace.OpenAsync(borrowed.Server);

        var result = await RestoreAsync(workplace, taken.Backup, target);

        TestContext.Current.SendDiagnosticMessage(string.Join(Environment.NewLine, result.NotCarried));
        Assert.Equal(
            (taken.Backup.Nodes, taken.Backup.Relationships), (result.Nodes, result.Relationships));
        var restored = await new JavaScriptDriver().DumpAsync(borrowed.Server, Cancellation);
        Assert.Equal(Renumbering.Expected(taken.Elements, result.NodeIds), Renumbering.Actual(restored));
        Assert.Empty(await borrowed.RunAsync("SHOW INDEXES YIELD state WHERE state <> 'ONLINE'", Cancellation));
        var isOlder = (from, to) is ("2026.08.1", "5.13.0");
        Assert.Equal(isOlder ? RestoreOutcome.RestoredWithLoss : RestoreOutcome.Restored, result.Outcome);
        Assert.Equal(isOlder ? ["vector_relationship"] : [], Lost(result, NotCarriedKind.Index));
        if (isOlder)
            Assert.Contains("text_node.indexProvider", Lost(result, NotCarriedKind.IndexOption));
        else
            Assert.Equal(taken.Declared, await DeclaredAsync(borrowed, same));
        Assert.Equal(taken.Nearest, await NearestAsync(borrowed, same));
    }

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task And_so_do_a_million_elements()
    {
        // The driver sorts them, which takes the server more than the pool's have.
        var options = ServerPool.Options(LabServerOptions.DefaultVersion) with { HeapMegabytes = 1536, PageCacheMegabytes = 256 };
        await using var source = await ServerPool.StartAsync(options, Cancellation);
        await new GraphOptions(GraphName.Generated, 350_000).LoadAsync(source, Cancellation);
        await using var workplace = await Workplace.OpenAsync(source);
        var backup = await workplace.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt });
        Assert.InRange(backup.Nodes + backup.Relationships, 1_000_000, long.MaxValue);
        var elements = await new JavaScriptDriver().DumpAsync(source, Cancellation);

        await using var server = await ServerPool.StartAsync(options, Cancellation);
        await using var target = await Workplace.OpenAsync(server);
        var result = await RestoreAsync(workplace, backup, target);

        Assert.Equal((backup.Nodes, backup.Relationships), (result.Nodes, result.Relationships));
        var restored = await new JavaScriptDriver().DumpAsync(server, Cancellation);
        Assert.Equal(elements.Count, restored.Count);
        Assert.True(
            Renumbering.Expected(elements, result.NodeIds).SequenceEqual(Renumbering.Actual(restored), StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_part_of_a_graph_is_its_labels_its_types_and_what_is_declared_on_them()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await borrowed.RunAsync("CREATE INDEX on_kept FOR (n:Kept) ON (n.number)", Cancellation);
        await borrowed.RunAsync("CREATE INDEX on_other FOR (n:Other) ON (n.number)", Cancellation);
        await borrowed.RunAsync(
            "CREATE (a:Kept {number: 1})-[:KEPT {w: 1}]->(b:Kept:Extra {number: 2}), (a)-[:OTHER]->(b), "
            + "(a)-[:KEPT]->(:Other {number: 3})", Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);
        var backup = await workplace.TakeAsync();
        await EmptyDatabase.MakeAsync(borrowed.Server, Cancellation);

        var result = await RestoreAsync(
            workplace, backup, workplace, new RestoreOptions { Labels = ["Kept"], Types = ["KEPT"] });

        Assert.True(result.Partial);
        Assert.Equal((2, 1), (result.Nodes, result.Relationships));
        var rows = await borrowed.RunAsync(
            "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN labels(n), n.number, type(r), r.w, m.number ORDER BY n.number",
            Cancellation);
        Assert.Equal(
            "[[[\"Kept\"],1,\"KEPT\",1,2],[[\"Kept\",\"Extra\"],2,null,null,null]]", JsonConvert.SerializeObject(rows));
        var declared = await DeclaredAsync(borrowed, withOptions: true);
        Assert.Contains(declared, static line => line.Contains("on_kept", StringComparison.Ordinal));
        Assert.DoesNotContain(declared, static line => line.Contains("on_other", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_holds_something_is_refused_and_left_as_it_is()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await borrowed.RunAsync("CREATE (:Present)", Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);
        var backup = await workplace.TakeAsync();

        var refusal = await Assert.ThrowsAsync<GrapException>(() => RestoreAsync(workplace, backup, workplace));

        Assert.Equal(GrapCondition.TargetNotEmpty, refusal.Condition);
        Assert.Equal(1L, (await borrowed.RunAsync("MATCH (n) RETURN count(n)", Cancellation))[0][0]);
    }

    // What the schema is, as the server shows it; options differ by version.
    private static async Task<List<string>> DeclaredAsync(BorrowedServer server, bool withOptions)
    {
        var options = withOptions ? ", options" : "";
        var constraints = await server.RunAsync(
            $"SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties, ownedIndex{options}", Cancellation);
        var indexes = await server.RunAsync(
            $"SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, owningConstraint{options}", Cancellation);
        return [.. constraints.Concat(indexes).Select(static row => JsonConvert.SerializeObject(row)).Order(StringComparer.Ordinal)];
    }

    private static IReadOnlyList<string> Lost(RestoreResult result, NotCarriedKind kind) =>
        [.. result.NotCarried.Where(lost => lost.Kind == kind).Select(static lost => lost.Name)];

    private static async Task<RestoreResult> RestoreAsync(
        Workplace from, Backup backup, Workplace to, RestoreOptions? options = null)
    {
        await using var source = new ArchiveGraph(from.Repository.OpenArchive(backup.Id));
        return await new GraphRestorer().RestoreAsync(
            source, to.Session, options ?? new RestoreOptions(), null, Cancellation);
    }

    // What a vector index finds, and whether the server calls it a list of 32-bit floats. Scores are those of quantized
    // vectors, and differ from one population of an index to the next.
    private static async Task<string> NearestAsync(BorrowedServer server, bool withTypes) =>
        JsonConvert.SerializeObject(await server.RunAsync(
            "CALL db.index.vector.queryNodes('vector_node', 10, [1.5, 2.5, -0.1]) YIELD node "
            + $"RETURN node.embedding AS e{(withTypes ? ", valueType(node.embedding)" : "")} ORDER BY e", Cancellation));

    private async Task<Taken> TakeAsync(string version, bool withOptions)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Hostile), Cancellation);
        var workplace = await Workplace.OpenAsync(borrowed.Server);
        return new Taken(
            workplace, await workplace.TakeAsync(),
            await new JavaScriptDriver().DumpAsync(borrowed.Server, Cancellation),
            await DeclaredAsync(borrowed, withOptions), await NearestAsync(borrowed, withOptions));
    }

    private sealed record Taken(
        Workplace Workplace, Backup Backup, IReadOnlyList<string> Elements, List<string> Declared, string Nearest);
}
