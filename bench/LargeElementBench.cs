using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Graphs;

namespace Grap.Bench;

/// <summary>Memory with elements of 64 MiB.</summary>
internal static class LargeElementBench
{
    private const int ElementBytes = 64 << 20;

    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        await using var bed = await Bed.MakeAsync(new GraphOptions(GraphName.None), cancellation, heap: 3000);
        await FillAsync(bed, cancellation);
        Report.DataSet = "[6 nodes, 2 relationships of 64 MiB, random]";
        PeakMemory.Reset();
        var before = PeakMemory.Mebibytes();
        var cost = await Cost.OfAsync(
            bed.Server.ProcessId,
            async () => await bed.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt }, cancellation));
        Report.Way("backup, zstd level 1", cost, 8 * 64, "MiB");
        // What filled the server may still be held: what counts is what the backup adds to it.
        Report.Figure("peak memory beyond that before it", PeakMemory.Mebibytes() - before, "MiB");
    }

    // Incompressible, which takes the most memory.
    private static async Task FillAsync(Bed bed, CancellationToken cancellation)
    {
        await using var driver = bed.Server.Connect();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write, cancellation: cancellation);
        var value = new byte[ElementBytes];
        var random = new Random(1);
        for (var i = 0; i < 8; i++)
        {
            random.NextBytes(value);
            var text = i < 6
                ? "CREATE (:Large {value: $value})"
                : "MATCH (n:Large) WITH n LIMIT 1 CREATE (n)-[:LARGE {value: $value}]->(n)";
            await using var cursor = await connection.RunAsync(
                BoltQuery.Create(text, ("value", value)) with { Mode = BoltAccessMode.Write }, cancellation);
            while (await cursor.ReadAsync(cancellation))
            {
                // Nothing comes back.
            }
        }
    }
}
