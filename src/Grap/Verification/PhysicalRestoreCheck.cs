using System.Globalization;
using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Graphs;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Servers.Installations;

namespace Grap.Verification;

/// <summary>
/// A physical backup recovers in a scratch server of its version, holds the transaction that it says, reads from end to
/// end, and Neo4j's own consistency check finds nothing in it. That it came online proves nothing by itself
/// (docs/verification.md).
/// </summary>
internal static class PhysicalRestoreCheck
{
    public static async Task<RestoreProof> RunAsync(
        ArchiveReader archive, Backup backup, ScratchOptions scratch, VerificationRun run)
    {
        var database = await RecoveredDatabase.RecoverAsync(archive, scratch, run.StepAsync, run.Cancellation)
            .ConfigureAwait(false);
        await using var _ = database.ConfigureAwait(false);
        return await RunAsync(database, archive, backup, scratch, run).ConfigureAwait(false);
    }

    /// <summary>Looks at a backup that was recovered, whose server is stopped when this returns.</summary>
    public static async Task<RestoreProof> RunAsync(
        RecoveredDatabase database, ArchiveReader archive, Backup backup, ScratchOptions scratch, VerificationRun run)
    {
        var problems = new List<string>();
        CheckTransaction(archive.Manifest, database, problems);
        CheckIndexes(archive.Manifest, database, problems);
        var content = await ReadAsync(database, problems, run).ConfigureAwait(false);
        if (content is not null)
            CheckAgainstEarlierProof(backup, content, problems);
        await database.StopAsync(run.Cancellation).ConfigureAwait(false);
        var report = await database.CheckAsync(run.Cancellation).ConfigureAwait(false);
        if (report.Consistent)
            return new RestoreProof(problems, content);
        problems.Add($"Neo4j's consistency check: {report.Summary}");
        return new RestoreProof(problems, content, Keep(report, backup.Id, scratch, run));
    }

    private static void CheckTransaction(BackupManifest manifest, RecoveredDatabase database, List<string> problems)
    {
        if (manifest.Transactions is { } said && database.LastTransaction is { } found && said.Last != found)
        {
            problems.Add(string.Create(CultureInfo.InvariantCulture,
                $"The manifest says that transaction {said.Last} is the last; the recovered database ends with {found}."));
        }
    }

    // An index may have failed in the source already (a value too long for it): then it fails again, as it should.
    private static void CheckIndexes(BackupManifest manifest, RecoveredDatabase database, List<string> problems)
    {
        foreach (var (name, why) in database.FailedIndexes.OrderBy(static index => index.Key, StringComparer.Ordinal))
        {
            if (!manifest.Schema.Indexes.Any(index => index.Name == name && index.State == "FAILED"))
                problems.Add($"Index '{name}' could not be built again: {why}");
        }
    }

    // What the server cannot read is damage that recovery did not notice.
    private static async Task<RestoredContent?> ReadAsync(
        RecoveredDatabase database, List<string> problems, VerificationRun run)
    {
        RestoredContent? content = null;
        try
        {
            await run.StepAsync("Read", async progress =>
                content = await ReadAsync(database, problems, progress, run.Cancellation).ConfigureAwait(false))
                .ConfigureAwait(false);
        }
        catch (BoltException failure)
        {
            problems.Add($"The recovered graph cannot be read: {failure.Message}");
        }
        catch (GrapException failure) when (failure.Condition
            is GrapCondition.GraphInconsistent or GrapCondition.QueryFailed or GrapCondition.ConnectionLost)
        {
            problems.Add($"The recovered graph cannot be read: {failure.Message}");
        }
        return content;
    }

    private static async Task<RestoredContent> ReadAsync(
        RecoveredDatabase database, List<string> problems, IProgress<double> progress, CancellationToken cancellation)
    {
        var graph = await LiveGraph.OpenAsync(database.Session, cancellation).ConfigureAwait(false);
        await using var _ = graph.ConfigureAwait(false);
        var digest = await SourceDigest.ReadAsync(graph, progress, cancellation).ConfigureAwait(false);
        problems.AddRange(digest.FindGaps("database"));
        var counts = digest.CompleteCounts();
        CheckCount("nodes", counts.Nodes + graph.LeftOut(BlockKind.Nodes), graph.Count(BlockKind.Nodes), problems);
        CheckCount("relationships", counts.Relationships + graph.LeftOut(BlockKind.Relationships),
            graph.Count(BlockKind.Relationships), problems);
        return new RestoredContent
        {
            Transaction = database.LastTransaction,
            Counts = counts,
            Fingerprint = digest.Fingerprint,
            DroppedIndexes = database.DroppedIndexes,
        };
    }

    // Recovery counts the stores anew; a reading that finds something else has missed or invented elements.
    private static void CheckCount(string what, long read, long counted, List<string> problems)
    {
        if (read != counted)
            problems.Add($"{read} {what} were read, and the recovered database counts {counted}.");
    }

    // One archive always holds one graph.
    private static void CheckAgainstEarlierProof(Backup backup, RestoredContent content, List<string> problems)
    {
        if (backup.Fingerprint is { } before && before != content.Fingerprint)
            problems.Add($"Its fingerprint was {before} when it was proven before, and is {content.Fingerprint} now.");
    }

    private static string? Keep(ConsistencyReport report, string id, ScratchOptions scratch, VerificationRun run)
    {
        if (report.Details is null)
            return null;
        var folder = Directory.CreateDirectory(scratch.ReportFolder).FullName;
        var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture,
            $"{id}-{run.Now:yyyyMMdd'T'HHmmss'Z'}.report"));
        try
        {
            File.WriteAllText(file, report.Details);
        }
        catch (Exception failure) when (StorageFault.IsStorage(failure))
        {
            throw StorageFault.From(failure, file);
        }
        return file;
    }
}
