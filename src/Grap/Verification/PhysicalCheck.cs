using System.Globalization;
using Grap.Archives;
using Grap.Backups;
using Grap.OnlineCopy;

namespace Grap.Verification;

/// <summary>
/// What can be known of a physical backup without a server: every piece belongs to a file, has the length that it must
/// have and decodes; the checkpoint stands in its file; the logs are one chain from it to the manifest's last
/// transaction. Memory: a piece per core. Whether the copy recovers is the level Restore.
/// </summary>
internal static class PhysicalCheck
{
    private const int MostProblems = 20;

    /// <summary>Returns what does not hold; empty for a sound backup.</summary>
    public static IReadOnlyList<string> Run(ArchiveReader archive, VerificationRun run)
    {
        var manifest = archive.Manifest;
        Decode(archive, PhysicalFiles.Of(archive), run);
        var problems = new List<string>();
        if (manifest.Method == BackupMethod.HotCopy)
            CheckLogs(archive, manifest.Physical!, problems, run.Cancellation);
        return problems;
    }

    private static void Decode(ArchiveReader archive, PhysicalFiles files, VerificationRun run)
    {
        var total = files.Pieces.Sum(static piece => (long)piece.RawLength);
        var done = 0L;
        archive.ReadBlocks(files.Pieces, (piece, _, _) =>
            run.Read("Structure", piece.StoredLength, Interlocked.Add(ref done, piece.RawLength), total),
            run.Cancellation);
    }

    private static void CheckLogs(
        ArchiveReader archive, PhysicalContent content, List<string> problems, CancellationToken cancellation)
    {
        var logs = content.Files
            .Select(static (file, number) => (File: file, Number: number, Version: DatabaseFiles.LogVersion(file.Name)))
            .Where(static log => log.File.Kind == PhysicalFileKind.Log && log.Version is not null)
            .OrderBy(static log => log.Version).ToList();
        var opened = logs.ConvertAll(
            log => new HeldLog(log.Version!.Value, log.File.Name, new ArchivedFile(archive, log.Number)));
        try
        {
            if (content.Checkpoint is not { } place || opened.Count == 0 || opened[0].Version != place.LogVersion
                || logs[0].File.Length < place.Offset)
                Add(problems, "The log that the checkpoint needs is not in the backup.");
            else if (FindCheckpoint(archive, content) != place)
                Add(problems, "No checkpoint file ends with the checkpoint that the manifest names.");
            else if (opened[^1].Version - place.LogVersion != opened.Count - 1
                || LogCopy.Read(opened, cancellation) is not { } chain)
                Add(problems, "The transaction logs are not one chain.");
            else
                CheckEnd(archive.Manifest, chain, logs[^1].File, problems);
        }
        catch (GrapException failure) when (failure.Condition is GrapCondition.CopyFailed or GrapCondition.NotSupported)
        {
            Add(problems, failure.Message);
        }
        finally
        {
            opened.ForEach(static log => log.File.Dispose());
        }
    }

    private static void CheckEnd(
        BackupManifest manifest, LogChain chain, PhysicalFile newest, List<string> problems)
    {
        if (manifest.Transactions is not { } window || window.First != window.Last
            || window.Last != chain.LastTransaction)
        {
            Add(problems, string.Create(CultureInfo.InvariantCulture,
                $"The logs end with transaction {chain.LastTransaction}; the manifest says {manifest.Transactions}."));
        }
        if (chain.Logs[^1].Log.End != newest.Length)
            Add(problems, $"'{newest.Name}' does not end with its last complete transaction.");
    }

    private static CheckpointPlace? FindCheckpoint(ArchiveReader archive, PhysicalContent content)
    {
        for (var number = 0; number < content.Files.Count; number++)
        {
            var file = content.Files[number];
            if (file.Kind != PhysicalFileKind.Log || !DatabaseFiles.IsCheckpointFile(file.Name)
                || file.Length > CheckpointFile.MaxLength)
                continue;
            using var archived = new ArchivedFile(archive, number);
            var bytes = new byte[file.Length];
            TransactionLog.Fill(archived, 0, bytes);
            if (CheckpointFile.FindNewest(bytes, file.Name) is { } newest && newest.End == bytes.Length)
                return newest.Place;
        }
        return null;
    }

    private static void Add(List<string> problems, string problem)
    {
        if (problems.Count < MostProblems)
            problems.Add(problem);
    }
}
