using Grap.Backups;
using Grap.Graphs;
using Grap.Lab.Graphs;
using Grap.Recovery;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Reading;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Recovery;

/// <summary>What was in the database is in the database that it was restored into, as Neo4j's own driver reads
/// both.</summary>
public sealed class RestoreTests(ServerPool servers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("5.26.30", "5.26.30")]
    [InlineData("5.13.0", "5.13.0")]
    [InlineData("2026.08.1", "2026.08.1")]
    [InlineData("5.13.0", "2026.08.1")]
    [InlineData("2026.08.1", "5.13.0")]
    public async Task A_hostile_graph_comes_back_bit_for_bit(string from, string to)
    {
        var (backup, workplace, original) = await TakeAsync(from, new GraphOptions(GraphName.Hostile));
        await using var _ = workplace;
        await using var borrowed = await servers.BorrowAsync(to, Cancellation);
        await using var target = await Workplace.OpenAsync(borrowed.Server);

        var result = await RestoreAsync(workplace, backup, target);

        TestContext.Current.SendDiagnosticMessage(string.Join(Environment.NewLine, result.NotCarried));
        Assert.Equal((backup.Nodes, backup.Relationships), (result.Nodes, result.Relationships));
        var restored = await new JavaScriptDriver().DumpAsync(borrowed.Server, Cancellation);
        Assert.Equal(Renumbering.Expected(original, result.NodeIds), Renumbering.Actual(restored));
    }

    private static async Task<RestoreResult> RestoreAsync(
        Workplace from, Backup backup, Workplace to, RestoreOptions? options = null)
    {
        await using var source = new ArchiveGraph(from.Repository.OpenArchive(backup.Id));
        return await new GraphRestorer().RestoreAsync(
            source, to.Session, options ?? new RestoreOptions(), null, Cancellation);
    }

    private async Task<(Backup Backup, Workplace Workplace, IReadOnlyList<string> Original)> TakeAsync(
        string version, GraphOptions graph)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        await borrowed.LoadAsync(graph, Cancellation);
        var workplace = await Workplace.OpenAsync(borrowed.Server);
        return (await workplace.TakeAsync(), workplace,
            await new JavaScriptDriver().DumpAsync(borrowed.Server, Cancellation));
    }
}
