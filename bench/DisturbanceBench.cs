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
        var ratios = new List<double>();
        for (var round = 0; round < scale.Rounds; round++)
        {
            var during = await RateAsync(
                writer, async () => await bed.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt, MaxPass = 1 }, cancellation));
            var alone = await RateAsync(writer, () => Task.Delay(TimeSpan.FromSeconds(5), cancellation));
            Report.Line($"writer alone {alone,8:N0} transactions/s, during a backup {during,8:N0} transactions/s");
            ratios.Add(during / alone);
        }
        Report.Ratio("writer during a backup, to alone", ratios.Order().ElementAt(ratios.Count / 2),
            $"both share {Environment.ProcessorCount} cores with the server and the writer");
    }

    private static async Task<double> RateAsync(LedgerWriter writer, Func<Task> meanwhile)
    {
        var before = writer.Committed;
        var clock = Stopwatch.StartNew();
        await meanwhile();
        return (writer.Committed - before) / clock.Elapsed.TotalSeconds;
    }
}
