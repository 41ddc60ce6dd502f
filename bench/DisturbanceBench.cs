using System.Diagnostics;
using Grap.Backups;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;

namespace Grap.Bench;

/// <summary>How much slower a writer gets while a backup reads.</summary>
internal static class DisturbanceBench
{
    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        await using var bed = await Bed.MakeAsync(new GraphOptions(GraphName.Generated, scale.Nodes), cancellation);
        await using var writer = await LedgerWriter.StartAsync(bed.Server, cancellation: cancellation);
        await Task.Delay(TimeSpan.FromSeconds(5), cancellation);
        foreach (var method in new[] { BackupMethod.Bolt, BackupMethod.HotCopy })
            await CompareAsync(bed, writer, method, scale.Rounds, cancellation);
    }

    private static async Task CompareAsync(
        Bed bed, LedgerWriter writer, BackupMethod method, int rounds, CancellationToken cancellation)
    {
        var options = new BackupOptions { Method = method, MaxPass = 1 };
        var ratios = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var during = await RateAsync(writer, async () => await bed.TakeAsync(options, cancellation));
            var alone = await RateAsync(writer, () => Task.Delay(TimeSpan.FromSeconds(5), cancellation));
            Report.Line(
                $"{method}: writer alone {alone,8:N0} transactions/s, during a backup {during,8:N0} transactions/s");
            ratios.Add(during / alone);
        }
        Report.Ratio($"writer during a backup by {method}, to alone", ratios.Order().ElementAt(ratios.Count / 2),
            $"0.90 or more by HotCopy; {Environment.ProcessorCount} cores for server, writer and backup");
    }

    private static async Task<double> RateAsync(LedgerWriter writer, Func<Task> meanwhile)
    {
        var before = writer.Committed;
        var clock = Stopwatch.StartNew();
        await meanwhile();
        return (writer.Committed - before) / clock.Elapsed.TotalSeconds;
    }
}
