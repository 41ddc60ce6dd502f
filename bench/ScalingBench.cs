using Grap.Backups;
using Grap.Lab.Graphs;

namespace Grap.Bench;

/// <summary>Cost grows linearly with the graph, and memory hardly at all.</summary>
internal static class ScalingBench
{
    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        double? first = null;
        (long Allocated, long Elements)? smallest = null;
        foreach (var factor in new[] { 1, 4, 16 })
        {
            await using var bed = await Bed.MakeAsync(
                new GraphOptions(GraphName.Generated, scale.Nodes / 16 * factor), cancellation);
            await bed.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt }, cancellation);
            PeakMemory.Reset();
            var costs = await Cost.InTurnAsync(scale.Rounds, bed.Server.ProcessId,
                async () => await bed.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt }, cancellation));
            var peak = PeakMemory.Mebibytes();
            var allocated = await AllocatedAsync(bed, cancellation);
            var each = costs[0].Seconds / bed.Elements;
            Report.Way($"backup of the {factor}-fold graph, zstd level 1", costs[0], bed.Elements, "elements");
            Report.Figure("peak memory of the process", peak, "MiB");
            Report.Figure("allocated by one backup, all threads", allocated / 1048576.0, "MiB");
            if (smallest is { } small)
            {
                Report.Figure("the same, for each element beyond the smallest",
                    (double)(allocated - small.Allocated) / (bed.Elements - small.Elements), "bytes", "none");
            }
            smallest ??= (allocated, bed.Elements);
            if (first is { } one)
                Report.Ratio("time per element, to that of the smallest", each / one, "1 or less: linear");
            first ??= each;
        }
    }

    // What the garbage collector has to look after; buffers of blocks lie outside of it.
    private static async Task<long> AllocatedAsync(Bed bed, CancellationToken cancellation)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await bed.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt }, cancellation);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
