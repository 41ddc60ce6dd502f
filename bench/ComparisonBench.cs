using Grap.Archives;
using Grap.Backups;
using Grap.Comparison;
using Grap.Graphs;
using Grap.Lab.Graphs;

namespace Grap.Bench;

/// <summary>Comparing two backups of one database, beside reading both.</summary>
internal static class ComparisonBench
{
    private const int Changes = 1_000;

    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        await using var bed = await Bed.MakeAsync(new GraphOptions(GraphName.Generated, scale.Nodes), cancellation);
        var before = await TakeAsync(bed, "before", cancellation);
        await ChangeAsync(bed, "MATCH (n) WITH n ORDER BY id(n) LIMIT $most SET n.changed = 1", cancellation);
        var near = await TakeAsync(bed, "near", cancellation);
        await ChangeAsync(bed, "MATCH (n) WHERE id(n) % ($all / $most) = 0 SET n.changed = 2", cancellation);
        await ChangeAsync(
            bed, "MATCH ()-[r]->() WHERE id(r) % (2 * $all / $most) = 0 SET r.changed = true", cancellation);
        var far = await TakeAsync(bed, "far", cancellation);
        var costs = await Cost.InTurnAsync(scale.Rounds, null,
            () => ReadAsync(bed, [near, far], cancellation),
            () => CompareAsync(bed, before, before, expected: 0, cancellation),
            () => CompareAsync(bed, before, near, Changes, cancellation),
            () => CompareAsync(bed, near, far, 2 * Changes, cancellation));
        Report.Way("both read", costs[0], 2 * bed.Elements, "elements");
        Report.Way("compared, the same backup twice", costs[1], 2 * bed.Elements, "elements");
        Report.Way($"compared, {Changes:N0} nodes side by side changed", costs[2], 2 * bed.Elements, "elements");
        Report.Way($"compared, {Changes:N0} of each kind all over changed", costs[3], 2 * bed.Elements, "elements");
        Report.Ratio("comparing to reading, side by side", costs[0].Seconds / costs[2].Seconds, "about 1");
        Report.Ratio("comparing to reading, all over", costs[0].Seconds / costs[3].Seconds, "about 1");
    }

    private static Task<Backup> TakeAsync(Bed bed, string id, CancellationToken cancellation) =>
        bed.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt, Id = id }, cancellation, keep: true);

    private static async Task ChangeAsync(Bed bed, string text, CancellationToken cancellation)
    {
        await using var connection = await bed.Session.ConnectAsync(Bolt.BoltAccessMode.Write, cancellation);
        var query = Bolt.BoltQuery.Create(text, ("most", (long)Changes), ("all", bed.Nodes))
            with { Mode = Bolt.BoltAccessMode.Write };
        await using var cursor = await connection.RunAsync(query, cancellation);
        while (await cursor.ReadAsync(cancellation))
        {
            // Nothing comes back.
        }
    }

    private static async Task ReadAsync(Bed bed, IEnumerable<Backup> backups, CancellationToken cancellation)
    {
        foreach (var backup in backups)
        {
            await using var graph = new ArchiveGraph(bed.Repository.OpenArchive(backup.Id));
            foreach (var kind in new[] { BlockKind.Nodes, BlockKind.Relationships })
            {
                await Parallel.ForEachAsync(
                    graph.Ranges(kind), new ParallelOptions
                    {
                        MaxDegreeOfParallelism = graph.Parallelism,
                        CancellationToken = cancellation,
                    },
                    async (firstId, stop) => await graph.ReadAsync(
                        kind, firstId, static _ => ValueTask.CompletedTask, stop));
            }
        }
    }

    private static async Task CompareAsync(
        Bed bed, Backup one, Backup other, long expected, CancellationToken cancellation)
    {
        await using var reference = new ArchiveGraph(bed.Repository.OpenArchive(one.Id));
        await using var difference = new ArchiveGraph(bed.Repository.OpenArchive(other.Id));
        var result = await new GraphComparer().CompareAsync(reference, difference, null, null, cancellation);
        var found = result.Nodes.Changed + result.Relationships.Changed;
        if (found != expected)
            throw new InvalidOperationException($"{found} of {expected} changed elements were found.");
    }
}
