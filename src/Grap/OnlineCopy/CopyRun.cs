using System.Globalization;
using Grap.Archives;
using Grap.Backups;

namespace Grap.OnlineCopy;

/// <summary>A copy that is complete: its files are in the archive.</summary>
/// <param name="Content">What the manifest says of it.</param>
/// <param name="LastTransaction">The transaction whose state it recovers to.</param>
internal sealed record CompletedCopy(PhysicalContent Content, long LastTransaction);

/// <summary>
/// Carries out the protocol of docs/online-copy.md on a folder that is proven: checkpoint, logs held, record stores,
/// logs. What a restart of the server or the deletion of logs may have broken is copied again, a few times.
/// </summary>
/// <param name="files">The database's files.</param>
/// <param name="store">Whose they are.</param>
/// <param name="compressionLevel">Zstandard level; 0 for none.</param>
/// <param name="rate">What slows reading down.</param>
/// <param name="bytesCopied">Told how many bytes each piece had.</param>
internal sealed class CopyRun(
    DatabaseFiles files, StoreId store, int compressionLevel, ByteRate rate, IProgress<long>? bytesCopied = null)
{
    private const int MostAttempts = 3;

    private readonly List<string> _notes = [];

    /// <summary>Copies into <paramref name="archive"/>; what a failed attempt wrote is left behind in the archive
    /// before <paramref name="startOver"/> gave a fresh one.</summary>
    /// <exception cref="GrapException">CopyFailed: no attempt gave a consistent copy.</exception>
    public async Task<CompletedCopy> RunAsync(
        ArchiveWriter archive, Func<ArchiveWriter> startOver, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(startOver);
        for (var attempt = 1; ; attempt++)
        {
            if (archive.Entries.Count > 0)
                archive = startOver();
            var (copy, problem) = await TryAsync(archive, cancellation).ConfigureAwait(false);
            if (copy is not null)
                return copy;
            if (attempt == MostAttempts)
                throw GaveUp(problem!);
            _notes.Add($"The copy was begun again: {problem}");
        }
    }

    private async Task<(CompletedCopy? Copy, string? Problem)> TryAsync(
        ArchiveWriter archive, CancellationToken cancellation)
    {
        var checkpoint = Checkpoint.FindNewest(files);
        using var logs = HeldLogs.TryHold(files, checkpoint.Place.LogVersion);
        if (logs is null)
        {
            return (null, string.Create(CultureInfo.InvariantCulture,
                $"log {checkpoint.Place.LogVersion}, which the newest checkpoint needs, was gone."));
        }
        var writer = new PieceWriter(archive, compressionLevel, rate, bytesCopied);
        var foreign = await StoreCopy.CopyAsync(files, writer, cancellation).ConfigureAwait(false);
        if (logs.Settle() is not { } settled)
            return (null, "a log was made and deleted before it could be opened.");
        if (LogCopy.Read(settled, cancellation) is not { } chain)
            return (null, "the logs are not one chain; the server may have been restarted.");
        if (chain.Store != store)
            throw CopyFault.Mismatch(files.LogFolder, "its store was replaced by another one during the copy.");
        if (checkpoint.Place.Offset > chain.Logs[0].Held.File.Length)
            return (null, "the log is shorter than the checkpoint says.");
        await LogCopy.CopyAsync(chain, checkpoint, writer, cancellation).ConfigureAwait(false);
        return (new CompletedCopy(new PhysicalContent
        {
            Files = writer.Files,
            Checkpoint = checkpoint.Place,
            LastCommitAt = chain.LastCommitAt,
            Notes = [.. _notes, .. foreign.Select(static name => $"'{name}' is no file of a server and is left out.")],
        }, chain.LastTransaction), null);
    }

    private GrapException GaveUp(string problem) => CopyFault.Failed(files.LogFolder,
        $"No consistent copy of '{files.StoreFolder}' could be had in {MostAttempts} attempts; the last time {problem}",
        "Let the server keep its logs longer (db.tx_log.rotation.retention_policy) and make them larger "
        + "(db.tx_log.rotation.size), look for restarts in its log, then try again, or use -Method Bolt.");
}
