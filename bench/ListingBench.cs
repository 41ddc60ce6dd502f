using System.Diagnostics;
using Grap.Backups;
using Grap.Graphs;
using Grap.Repositories;

namespace Grap.Bench;

/// <summary>Listing a repository with very many backups, beside reading its folder.</summary>
internal static class ListingBench
{
    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("grap-bench-").FullName;
        try
        {
            Fill(folder, scale.Listed, cancellation);
            var costs = await Cost.InTurnAsync(scale.Rounds, null,
                () => Task.Run(() => new DirectoryInfo(folder).GetFiles().Sum(static f => f.Length), cancellation),
                () => Task.Run(() => List(folder, scale.Listed), cancellation));
            Report.Way("folder, names and lengths", costs[0], scale.Listed, "backups");
            Report.Way("listing, opened anew", costs[1], scale.Listed, "backups");
            Report.Line(
                $"{$"listing of {scale.Listed:N0} backups",-44} {costs[1].Seconds,7:0.00} s (1 s or less for 10,000)");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Fill(string folder, int count, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var repository = FolderRepository.Open(folder, create: true);
        using var held = repository.Lock("bench", cancellation);
        for (var i = 0; i < count; i++)
        {
            using var pending = repository.Begin($"backup-{i:00000}", held);
            pending.Publish(new BackupManifest
            {
                Id = pending.Id,
                StartedAt = DateTimeOffset.UnixEpoch.AddDays(i),
                CompletedAt = DateTimeOffset.UnixEpoch.AddDays(i).AddMinutes(5),
                Exactness = Exactness.Exact,
                Source = new BackupSource { Database = "neo4j", ServerVersion = "5.26.30" },
                Schema = new GraphSchema(),
            }, cancellation);
        }
        Report.Line($"{count:N0} backups published in {clock.Elapsed.TotalSeconds:N0} s.");
    }

    private static void List(string folder, int count)
    {
        if (FolderRepository.Open(folder, create: false).List().Count() != count)
            throw new InvalidOperationException("The listing is not complete.");
    }
}
