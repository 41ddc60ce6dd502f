using System.Diagnostics;
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
            ("a backup by Bolt", new BackupOptions { Method = BackupMethod.Bolt, MaxPass = 1 }),
            ("HotCopy", copy),
            ("HotCopy, 50 MB/s at most", copy with { MaxBytesPerSecond = 50_000_000 }),
            ("HotCopy at full speed", copy with { MaxBytesPerSecond = 0 }),
        })
        {
            await CompareAsync(
                what, writer, scale.Rounds, async () => await bed.TakeAsync(options, cancellation), cancellation);
        }
        if (await StoreFiles.OfAsync(bed, cancellation) is not { } files)
            return;
        var target = Directory.CreateTempSubdirectory("grap-bench-copy-").FullName;
        try
        {
            await CompareAsync("cp, sync", writer, scale.Rounds, () => files.CopyAsync(target, cancellation), cancellation);
            await CompareAsync(
                "cat | zstd -T2 -1, sync", writer, scale.Rounds, () => files.CompressAsync(target, cancellation), cancellation);
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    private static async Task CompareAsync(
        string what, LedgerWriter writer, int rounds, Func<Task> meanwhile, CancellationToken cancellation)
    {
        var ratios = new List<double>();
        var seconds = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var (during, took) = await RateAsync(writer, meanwhile);
            var (alone, _) = await RateAsync(writer, () => Task.Delay(TimeSpan.FromSeconds(5), cancellation));
            ratios.Add(during / alone);
            seconds.Add(took);
        }
        Report.Ratio($"writer during {what} ({seconds.Order().ElementAt(rounds / 2):0.0} s), to alone",
            ratios.Order().ElementAt(rounds / 2),
            $"0.90 or more by HotCopy; {Environment.ProcessorCount} cores for server, writer and backup");
    }

    private static async Task<(double Rate, double Seconds)> RateAsync(LedgerWriter writer, Func<Task> meanwhile)
    {
        var before = writer.Committed;
        var clock = Stopwatch.StartNew();
        await meanwhile();
        var seconds = clock.Elapsed.TotalSeconds;
        return ((writer.Committed - before) / seconds, seconds);
    }
}
