using System.Globalization;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Installations;

namespace Grap.Backups;

/// <summary>
/// Takes a logical backup that is exact whatever writers do: reads the server over Bolt, and where no pass is free of
/// commits, copies its files and reads the copy in a scratch server, where nobody writes.
/// </summary>
internal sealed class ExactTaking(
    Session session, BackupOptions options, ScratchOptions scratch, IProgress<WorkProgress>? progress,
    TimeProvider time) : IBackupTaking
{
    private const string CopyId = "copy";

    /// <inheritdoc/>
    public async Task<BackupManifest> TakeAsync(PendingBackup pending, CancellationToken cancellation)
    {
        try
        {
            return await new BoltTaking(session, options, progress, time).TakeAsync(pending, cancellation)
                .ConfigureAwait(false);
        }
        catch (GrapException notExact) when (notExact.Condition == GrapCondition.NotExact)
        {
            try
            {
                // Nothing is copied for a version that cannot be recovered here.
                new InstallationSearch(scratch).Find(session.ServerVersion, session.Edition);
                return await TakeByCopyAsync(pending, cancellation).ConfigureAwait(false);
            }
            catch (GrapException obstacle) when (IsObstacle(obstacle.Condition))
            {
                throw new GrapException(GrapCondition.NotExact,
                    $"{notExact.Message} A copy of the server's files, which would be exact, cannot be read either: "
                    + obstacle.Message,
                    $"{notExact.RecommendedAction} Or: {obstacle.RecommendedAction}", notExact.Target, obstacle);
            }
        }
    }

    private async Task<BackupManifest> TakeByCopyAsync(PendingBackup pending, CancellationToken cancellation)
    {
        var parent = scratch.ParentFolder ?? ServerFolder.DefaultParent();
        // What a killed process leaves of the copy is removed as its scratch server is.
        using var folder = ServerFolder.Create(parent, keep: false, time);
        var copies = FolderRepository.Open(Path.Combine(folder.Path, CopyId), create: true);
        var copying = options with { Id = CopyId, Method = BackupMethod.HotCopy, Tags = [], CompressionLevel = 1 };
        try
        {
            await new BackupTaker(time).TakeAsync(session, copies, copying, progress, cancellation)
                .ConfigureAwait(false);
        }
        catch (GrapException full) when (full.Condition == GrapCondition.RepositoryFull)
        {
            // That of the scratch servers is, not the user's.
            throw new GrapException(GrapCondition.ScratchFull,
                $"There is no room in '{parent}' for a copy of the server's files: {full.Message}",
                "Free space on that disk. Scratch servers live in the user's local application data "
                + "(XDG_DATA_HOME on Linux).", parent, full);
        }

        using var archive = copies.OpenArchive(CopyId);
        var copy = archive.Manifest;
        var steps = new RecoverySteps(progress, $"Recovering a copy of {session.Database}");
        var database = await RecoveredDatabase.RecoverAsync(archive, scratch, steps.RunAsync, cancellation)
            .ConfigureAwait(false);
        await using var _ = database.ConfigureAwait(false);
        var transaction = copy.Transactions!.Last;
        if (database.LastTransaction is { } found && found != transaction)
        {
            throw new GrapException(GrapCondition.RestoreFailed, string.Create(CultureInfo.InvariantCulture,
                $"The copy of the server's files ends with transaction {transaction}, and recovers to {found}."),
                "Try again; if it happens twice, use -Method HotCopy and Test-GrapBackup -Level Restore.", pending.Id);
        }
        pending.StartOver();
        var read = await new BoltTaking(database.Session, options, progress, time).TakeAsync(pending, cancellation)
            .ConfigureAwait(false);
        return read with
        {
            CompletedAt = copy.CompletedAt,
            Source = copy.Source,
            Transactions = copy.Transactions,
            ExactnessReason = string.Create(CultureInfo.InvariantCulture,
                $"Writers did not pause, so the server's files were copied, recovered to transaction {transaction} in "
                + $"a scratch server, and read there."),
            Reading = read.Reading! with { Notes = [.. Notes(copy, database), .. read.Reading.Notes] },
        };
    }

    private static IEnumerable<string> Notes(BackupManifest copy, RecoveredDatabase database)
    {
        foreach (var index in database.DroppedIndexes)
            yield return $"Index '{index}' belonged to a constraint that was being made, and was left out.";
        foreach (var note in copy.Physical!.Notes)
            yield return note;
    }

    private static bool IsObstacle(GrapCondition condition) => condition
        is GrapCondition.DataFolderUnavailable or GrapCondition.DataFolderMismatch or GrapCondition.NotSupported
        or GrapCondition.ScratchServerUnavailable or GrapCondition.ScratchFull;
}
