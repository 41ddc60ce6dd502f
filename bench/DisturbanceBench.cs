using Grap.Backups;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;

namespace Grap.Bench;

/// <summary>How much slower a writer gets while a backup reads, and while other tools copy the same files.</summary>
internal static class DisturbanceBench
{
    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        await using var bed = await Bed.MakeAsync(new GraphOptions(GraphName.Generated, scale.Nodes), cancellation);
        await using var writer = await LedgerWriter.StartAsync(bed.Server, cancellation: cancellation);
        await Task.Delay(TimeSpan.FromSeconds(5), cancellation);
        var copy = new BackupOptions { Method = BackupMethod.HotCopy };
        foreach (var (what, options) in new[]
        {
            ("a backup by Bolt, zstd level 1", new BackupOptions { Method = BackupMethod.Bolt, MaxPass = 1 }),
            ("HotCopy, zstd level 1", copy),
            ("the same, 50 MB/s at most", copy with { MaxBytesPerSecond = 50_000_000 }),
            ("the same, at full speed", copy with { MaxBytesPerSecond = 0 }),
        })
        {
            await CompareAsync(
                what, bed, writer, scale.Rounds, async () => await bed.TakeAsync(options, cancellation), cancellation);
        }
        if (await StoreFiles.OfAsync(bed, cancellation) is not { } files)
            return;
        var target = Directory.CreateTempSubdirectory("grap-bench-copy-").FullName;
        try
        {
            await CompareAsync(
                "cp, sync", bed, writer, scale.Rounds, () => files.CopyAsync(target, cancellation), cancellation);
            await CompareAsync(
                "cat | zstd -T2 -1, sync", bed, writer, scale.Rounds, () => files.CompressAsync(target, cancellation), cancellation);
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    /// <summary>Measures the writer beside something, and alone right after it; the round counts whose ratio is the
    /// median.</summary>
    private static async Task CompareAsync(
        string what, Bed bed, LedgerWriter writer, int rounds, Func<Task> meanwhile, CancellationToken cancellation)
    {
        var measured = new List<(Written During, Written Alone)>();
        for (var round = 0; round < rounds; round++)
        {
            var during = await WrittenAsync(bed, writer, meanwhile);
            measured.Add((during, await WrittenAsync(
                bed, writer, () => Task.Delay(TimeSpan.FromSeconds(5), cancellation))));
        }
        var (beside, alone) = measured.OrderBy(static m => m.During.Rate / m.Alone.Rate).ElementAt(rounds / 2);
        Report.Way($"writer during {what}", beside.Cost, beside.Commits, "commits");
        Report.Way("writer alone", alone.Cost, alone.Commits, "commits");
        Report.Ratio($"writer during {what}, to alone", beside.Rate / alone.Rate,
            $"0.90 or more by HotCopy; {Environment.ProcessorCount} cores for server, writer and backup");
    }

    private static async Task<Written> WrittenAsync(Bed bed, LedgerWriter writer, Func<Task> meanwhile)
    {
        var before = writer.Committed;
        var cost = await Cost.OfAsync(bed.Server.ProcessId, meanwhile);
        return new Written(writer.Committed - before, cost);
    }

    private readonly record struct Written(long Commits, Cost Cost)
    {
        public double Rate => Commits / Cost.Seconds;
    }
}
