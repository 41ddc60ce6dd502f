using System.Text;
using Grap.Archives;
using Grap.Backups;

namespace Grap.Repositories;

/// <summary>
/// Removed archives that can still be brought back (docs/repository.md). An archive is in the trash by its name alone;
/// its sidecars, which can be made again, are not kept. Everything but <see cref="List"/> needs the repository's lock.
/// </summary>
internal sealed class Trash(RepositoryPlace place, Journal journal)
{
    /// <summary>What is in the trash, the last removed first.</summary>
    public IEnumerable<Backup> List(JournalState state)
    {
        var listing = new BackupListing(place, state);
        var backups = new List<Backup>();
        foreach (var item in place.List())
        {
            if (!item.IsFolder && RepositoryLayout.IsTrashed(item.Name, out var id, out var archiveId)
                && listing.ReadTrashed(item.Name, id, archiveId, item.LastWritten) is { } backup)
                // Where the journal does not know, a run died just now, or the journal was moved away: the time begins
                // anew.
                backups.Add(backup with { TrashedAt = state.TrashedAt(archiveId) ?? place.Time.GetUtcNow() });
        }
        return backups.OrderByDescending(static backup => backup.TrashedAt)
            .ThenBy(static backup => backup.Id, StringComparer.Ordinal);
    }

    /// <summary>Moves a backup here. The rename is the commit; the sidecars go when the journal says so.</summary>
    public void Move(Backup backup, string reason, CrashRecovery recovery)
    {
        place.Files.Rename(
            place.PathOf(backup.Id + RepositoryLayout.ArchiveEnd),
            place.PathOf(RepositoryLayout.Trashed(backup.Id, backup.ArchiveId)));
        recovery.FinishTrashing(backup.Id, JournalState.Entry(
            JournalState.Trashed, backup.Id, backup.ArchiveId, ("reason", reason)));
    }

    /// <summary>Reads every byte of an archive in the trash, makes its sidecars again, and puts it back. The rename of
    /// the archive is the commit, as of a new backup.</summary>
    public void BringBack(Backup backup, RepositoryLock heldLock, CancellationToken cancellation)
    {
        var path = place.PathOf(RepositoryLayout.Trashed(backup.Id, backup.ArchiveId));
        var (summary, checksum) = ReadBack(backup.Id, path, cancellation);
        // What a failure leaves of these, the next run removes.
        var newSummary = place.WriteTemporary(backup.Id + RepositoryLayout.SummaryEnd, summary);
        var newChecksum = place.WriteTemporary(backup.Id + RepositoryLayout.ChecksumEnd, checksum);
        heldLock.EnsureHeldIn(place);
        place.Files.Rename(newSummary, place.PathOf(backup.Id + RepositoryLayout.SummaryEnd));
        place.Files.Rename(newChecksum, place.PathOf(backup.Id + RepositoryLayout.ChecksumEnd));
        // As in publishing: an archive must not be there without its sidecars.
        place.Files.SyncFolder(place.Folder);
        heldLock.EnsureHeldIn(place);
        place.Files.Rename(path, place.PathOf(backup.Id + RepositoryLayout.ArchiveEnd));
        place.Files.SyncFolder(place.Folder);
        journal.Append(JournalState.Entry(JournalState.RemovalUndone, backup.Id, backup.ArchiveId));
    }

    /// <summary>Deletes an archive for good. The rename is the commit.</summary>
    public void Purge(Backup backup, CrashRecovery recovery)
    {
        var removed = place.PathOf(RepositoryLayout.Removed(backup.Id, backup.ArchiveId));
        place.Files.Rename(place.PathOf(RepositoryLayout.Trashed(backup.Id, backup.ArchiveId)), removed);
        recovery.FinishRemoval(removed, backup.Id,
            JournalState.Entry(JournalState.Purged, backup.Id, backup.ArchiveId));
    }

    private (byte[] Summary, byte[] Checksum) ReadBack(string id, string path, CancellationToken cancellation)
    {
        using var archive = ArchiveReader.Open(
            place.Files.OpenRead(path) ?? throw new GrapException(GrapCondition.BackupNotFound,
                $"Backup '{id}' is not in the trash any more.", "List the trash with Get-GrapBackup -Trashed.", id),
            path);
        var hash = archive.VerifyWholeFile(null, cancellation);
        return (BackupSummary.Write(id, archive), Encoding.ASCII.GetBytes(RepositoryLayout.Checksum(id, hash)));
    }
}
