using Grap.Backups;
using Grap.Lab.Graphs;

namespace Grap.Bench;

/// <summary>Reading: a whole backup beside a client that throws the bytes away, and beside Neo4j's JavaScript
/// driver.</summary>
internal static class ReadingBench
{
    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        await using var bed = await Bed.MakeAsync(new GraphOptions(GraphName.Generated, scale.Nodes), cancellation);
        var raw = new RawReader(bed.Server, RawReader.Unwound);
        var sought = new RawReader(bed.Server, RawReader.Sought);
        Backup? backup = null;
        var costs = await Cost.InTurnAsync(scale.Rounds, bed.Server.ProcessId,
            () => raw.ReadAsync(cancellation),
            () => sought.ReadAsync(cancellation),
            async () => backup = await bed.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt }, cancellation),
            async () => await bed.TakeAsync(
                new BackupOptions { Method = BackupMethod.Bolt, CompressionLevel = 0 }, cancellation));
        Report.Way("raw client, ids unwound, bytes thrown away", costs[0], bed.Elements, "elements");
        Report.Way("raw client, a row's ids sought at once", costs[1], bed.Elements, "elements");
        Report.Way("backup, zstd level 1", costs[2], bed.Elements, "elements");
        Report.Way("backup, not compressed", costs[3], bed.Elements, "elements");

        foreach (var shape in new[] { "collected", "natural" })
        {
            var cost = await JavaScriptReader.ReadAsync(bed.Server, shape, cancellation);
            if (cost is null)
            {
                Report.Line($"Neo4j's JavaScript driver is not there: run ./build.sh Test once.");
                break;
            }
            Report.Way($"JavaScript driver, {shape}, not kept", cost.Value, bed.Elements, "elements");
        }
        Report.Ratio("backup to raw client, ids unwound", costs[0].Seconds / costs[2].Seconds, "0.90 or more");
        Report.Ratio("backup to raw client, ids sought at once", costs[1].Seconds / costs[2].Seconds, "for comparison");
        Report.Ratio("archive to raw bytes read", (double)backup!.SizeBytes / raw.Bytes, "0.25 or less");
    }
}
