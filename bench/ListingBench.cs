using System.Text;
using Grap.Backups;
using Grap.Graphs;
using Grap.Jobs;
using Grap.Reports;
using Grap.Repositories;
using Grap.Retention;
using Grap.Verification;

namespace Grap.Bench;

/// <summary>Listing a repository with very many backups, beside reading its folder; and the report over it.</summary>
internal static class ListingBench
{
    private static readonly string[] s_steps = ["Lock", "Backup", "Verify", "Retention", "Metrics", "Audit"];

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
            Report.Way("report over all of them", costs[2], scale.Listed, "backups");
            Report.Figure("listing", costs[1].Seconds, "s", "1 or less for 10,000");
            Report.Figure("report", costs[2].Seconds, "s", "2 or less for 10,000");
            Report.Figure("report", Encoding.UTF8.GetByteCount(page) / 1e6, "MB", "2 or less for 10,000");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Publishes some hundred backups at a time in a repository of their own, as each looks whether its name is
    /// taken, moves them, and writes the journal that as many jobs would have written.</summary>
    private static void Fill(string folder, int count, CancellationToken cancellation)
    {
        const int Most = 200;
        var repository = FolderRepository.Open(folder, create: true);
        for (var first = 0; first < count; first += Most)
        {
            var part = Directory.CreateTempSubdirectory("grap-bench-").FullName;
            Publish(part, first, Math.Min(count, first + Most), cancellation);
            foreach (var file in Directory.GetFiles(part, "backup-*"))
                File.Move(file, Path.Combine(folder, Path.GetFileName(file)));
            Directory.Delete(part, recursive: true);
        }
        var entries = repository.List().Reverse().SelectMany(backup => EntriesOf(backup, repository.Path)).ToList();
        repository.Journal.AppendAll(entries);
        Report.DataSet = $"[{count} backups, {entries.Count} entries of the journal]";
    }

    private static IEnumerable<JournalEntry> EntriesOf(Backup backup, string repository)
    {
        var run = Guid.NewGuid().ToString("n");
        var ended = new BackupJobResult
        {
            Name = "backup",
            Run = run,
            Repository = repository,
            Backup = backup,
            Outcome = BackupJobOutcome.Succeeded,
            Steps =
            [
                .. s_steps.Select(static name =>
                    new JobStep(name, JobStepResult.Succeeded, TimeSpan.FromSeconds(12.345), "")),
            ],
        };
        var verified = new VerificationResult
        {
            Id = backup.Id,
            Repository = repository,
            Level = VerificationLevel.Structure,
            ProvenLevel = VerificationLevel.Structure,
            Outcome = VerificationOutcome.Passed,
            CheckedAt = backup.CreatedAt.AddMinutes(6),
        };
        yield return JobEntry.Begin("backup", run, "0 2 * * *", 0) with { Timestamp = backup.CreatedAt };
        yield return JournalState.Entry(JournalState.Created, backup.Id, backup.ArchiveId) with
        {
            Timestamp = backup.CreatedAt.AddMinutes(5),
        };
        yield return JournalState.Entry(verified, backup.ArchiveId);
        yield return JobEntry.End(ended) with { Timestamp = backup.CreatedAt.AddMinutes(7) };
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
