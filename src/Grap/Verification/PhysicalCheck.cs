using System.Globalization;
using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
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
        if (manifest.Physical is not { } content)
            return [$"The manifest of a backup of method {manifest.Method} lists no files."];
        var problems = new List<string>();
        CheckFiles(content, manifest.Method, problems);
        CheckPieces(archive, content, problems);
        if (problems.Count > 0)
            return problems;
        Decode(archive, run);
        if (manifest.Method == BackupMethod.HotCopy)
            CheckLogs(archive, content, problems, run.Cancellation);
        return problems;
    }

    private static void CheckFiles(PhysicalContent content, BackupMethod method, List<string> problems)
    {
        var names = new HashSet<(PhysicalFileKind, string)>();
        foreach (var file in content.Files)
        {
            if (!names.Add((file.Kind, file.Name)))
                Add(problems, $"File '{file.Name}' is listed twice.");
            if (file.Name.Length == 0 || file.Name[0] == '.' || file.Name.AsSpan().ContainsAny("/\\:\0"))
                Add(problems, $"'{file.Name}' is no name of a file.");
            if (file.Length < 0)
                Add(problems, $"File '{file.Name}' has a negative length.");
            if (file.Kind == PhysicalFileKind.Dump != (method == BackupMethod.Dump))
                Add(problems, $"File '{file.Name}' ({file.Kind}) has no place in a backup of method {method}.");
        }
    }

    private static void CheckPieces(ArchiveReader archive, PhysicalContent content, List<string> problems)
    {
        foreach (var block in archive.Blocks)
        {
            var (kind, number, part) = block.Key;
            if (number >= content.Files.Count || content.Files[(int)number] is not { } file
                || file.Kind.ToBlockKind() != kind)
            {
                Add(problems, $"Block {block.Key} belongs to no file.");
                continue;
            }
            var expected = Math.Min(BlockKey.PieceBytes, file.Length - ((long)part * BlockKey.PieceBytes));
            if (block.RawLength != expected)
            {
                Add(problems, string.Create(CultureInfo.InvariantCulture,
                    $"Piece {part} of '{file.Name}' holds {block.RawLength} bytes instead of {Math.Max(0, expected)}."));
            }
        }
    }

    private static void Decode(ArchiveReader archive, VerificationRun run)
    {
        var total = archive.Blocks.Sum(static block => (long)block.RawLength);
        var done = 0L;
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Environment.ProcessorCount,
            CancellationToken = run.Cancellation,
        };
        try
        {
            Parallel.ForEach(archive.Blocks, parallel, static () => new NativeBuffer(), (block, _, content) =>
            {
                archive.ReadBlock(block, content);
                run.Read("Structure", block.StoredLength, Interlocked.Add(ref done, block.RawLength), total);
                return content;
            }, static content => content.Dispose());
        }
        catch (AggregateException failures)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
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
