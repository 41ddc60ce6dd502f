using System.Text;
using Grap.Backups;
using Grap.Graphs;
using Grap.Reports;
using Grap.Repositories;
using Grap.Retention;

namespace Grap.Bench;

/// <summary>Listing a repository with very many backups, beside reading its folder; and the report over it.</summary>
internal static class ListingBench
{
    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("grap-bench-").FullName;
        try
        {
            Fill(folder, scale.Listed, cancellation);
            var page = "";
            var costs = await Cost.InTurnAsync(scale.Rounds, null,
                () => Task.Run(() => new DirectoryInfo(folder).GetFiles().Sum(static f => f.Length), cancellation),
                () => Task.Run(() => List(folder, scale.Listed), cancellation),
                () => Task.Run(() => page = WriteReport(folder), cancellation));
            Report.Way("folder, names and lengths", costs[0], scale.Listed, "backups");
            Report.Way("listing, opened anew", costs[1], scale.Listed, "backups");
            Report.Line(
                $"{$"listing of {scale.Listed:N0} backups",-44} {costs[1].Seconds,7:0.00} s (1 s or less for 10,000)");
            Report.Line(
                $"{"report over all of them",-44} {costs[2].Seconds,7:0.00} s, {Encoding.UTF8.GetByteCount(page) / 1e6:0.00} MB (2 s and 2 MB or less for 10,000)");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Publishes some hundred backups at a time in a repository of their own, as each looks whether its name is
    /// taken, and moves them.</summary>
    private static void Fill(string folder, int count, CancellationToken cancellation)
    {
        const int Most = 200;
        FolderRepository.Open(folder, create: true);
        for (var first = 0; first < count; first += Most)
        {
            var part = Directory.CreateTempSubdirectory("grap-bench-").FullName;
            Publish(part, first, Math.Min(count, first + Most), cancellation);
            foreach (var file in Directory.GetFiles(part, "backup-*"))
                File.Move(file, Path.Combine(folder, Path.GetFileName(file)));
            Directory.Delete(part, recursive: true);
        }
    }

    private static void Publish(string folder, int first, int end, CancellationToken cancellation)
    {
        var repository = FolderRepository.Open(folder, create: true);
        using var held = repository.Lock("bench", cancellation);
        for (var i = first; i < end; i++)
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
    }

    private static string WriteReport(string folder) => HtmlReport.Write(ReportFacts.Of(
        FolderRepository.Open(folder, create: false), new RetentionPolicy { Days = 30 }, 50, TimeProvider.System));

    private static void List(string folder, int count)
    {
        if (FolderRepository.Open(folder, create: false).List().Count() != count)
            throw new InvalidOperationException("The listing is not complete.");
    }
}
