using System.Text;

namespace Grap.Repositories;

/// <summary>
/// Brings a repository that a run left in the middle of something to the state before or after it. Runs under the lock,
/// so that nothing it finds belongs to a live run. Deletes only what is surely Grap's and serves no backup.
/// </summary>
internal sealed class CrashRecovery(RepositoryPlace place, Guid repositoryId, Journal journal)
{
    /// <summary>Does everything that is to be done.</summary>
    /// <param name="lockToken">Token of the lock held: claims on locks of the past are removed.</param>
    public void Run(string lockToken)
    {
        var items = ListFiles();
        RemoveOldClaims(items, lockToken);
        foreach (var item in items)
        {
            if (RepositoryLayout.IsTemporary(item.Name))
                place.Files.Delete(place.PathOf(item.Name));
            else if (RepositoryLayout.IsRemoved(item.Name, out var id, out var archive))
                FinishRemoval(place.PathOf(item.Name), id, EntryStillMissing(id, archive));
            else if (RepositoryLayout.IsTrashed(item.Name, out id, out archive)
                && journal.State().TrashedAt(archive) is null)
                FinishTrashing(id, Later(JournalState.Trashed, id, archive));
        }
        var state = journal.State();
        items = ListFiles();
        RemoveOrphans(items, state);
        RecordUnrecorded(items, state);
    }

    /// <summary>Does what comes after an archive was renamed to <paramref name="removedPath"/>: writes the entry if
    /// there is one to write, and only then deletes.</summary>
    public void FinishRemoval(string removedPath, string id, JournalEntry? entry)
    {
        // The journal must not say removed while a power failure could still bring the old name back.
        place.Files.SyncFolder(place.Folder);
        if (entry is not null)
            journal.Append(entry);
        DeleteSidecars(id);
        place.Files.Delete(removedPath);
    }

    /// <summary>Does what comes after an archive was renamed into the trash.</summary>
    public void FinishTrashing(string id, JournalEntry entry)
    {
        // As above: the old name must not come back once the journal says that it is gone.
        place.Files.SyncFolder(place.Folder);
        journal.Append(entry);
        DeleteSidecars(id);
    }

    private List<FolderItem> ListFiles() => place.List().Where(item => !item.IsFolder).ToList();

    private JournalEntry? EntryStillMissing(string id, Guid archiveId)
    {
        var state = journal.State();
        return state.LiveArchive(id) == archiveId ? Later(JournalState.Removed, id, archiveId)
            : state.TrashedAt(archiveId) is not null ? Later(JournalState.Purged, id, archiveId)
            : null;
    }

    private static JournalEntry Later(string operation, string id, Guid archiveId) =>
        JournalState.Entry(operation, id, archiveId, ("recordedLater", "true"));

    private void RemoveOldClaims(List<FolderItem> items, string lockToken)
    {
        foreach (var item in items)
        {
            if (RepositoryLayout.ClaimedLock(item.Name) is { } token && token != lockToken)
                place.Files.Delete(place.PathOf(item.Name));
        }
        var leftovers = items.Select(item => item.Name)
            .Where(name => name == RepositoryLayout.JournalLock || RepositoryLayout.IsJournalLeftover(name)).ToList();
        if (leftovers.Count > 0)
            journal.RemoveLeftovers(leftovers);
    }

    /// <summary>Removes sidecars whose archive was never put in place, or was removed.</summary>
    private void RemoveOrphans(List<FolderItem> items, JournalState state)
    {
        var names = items.Select(item => item.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var id = RepositoryLayout.SummaryId(name) ?? RepositoryLayout.ChecksumId(name);
            // If the journal knows a living backup of that id, its archive was lost, and the sidecars are what is left
            // of it.
            if (id is null || names.Contains(id + RepositoryLayout.ArchiveEnd) || state.LiveArchive(id) is not null)
                continue;
            if (RepositoryLayout.ChecksumId(name) is not null ? IsOurChecksum(id) : IsOurSummary(id))
                place.Files.Delete(place.PathOf(name));
        }
    }

    /// <summary>Writes the entry of an archive that was put in place, or back in place, by a run that died before it
    /// could, or that was put here by hand.</summary>
    private void RecordUnrecorded(List<FolderItem> items, JournalState state)
    {
        var listing = new BackupListing(place, state);
        var entries = new List<JournalEntry>();
        foreach (var item in items)
        {
            if (RepositoryLayout.ArchiveId(item.Name) is { } id && state.LiveArchive(id) is null
                && listing.Read(id, item.LastWritten, out _) is { } backup && backup.ArchiveId != Guid.Empty)
                entries.Add(Later(
                    state.TrashedAt(backup.ArchiveId) is null ? JournalState.Created : JournalState.RemovalUndone,
                    id, backup.ArchiveId));
        }
        if (entries.Count == 0)
            return;
        // The dead run may not have come to sync the names.
        place.Files.SyncFolder(place.Folder);
        journal.AppendAll(entries);
    }

    /// <summary>Deletes the sidecars of an archive that went, unless they belong to another of its id.</summary>
    private void DeleteSidecars(string id)
    {
        if (place.Files.FileExists(place.PathOf(id + RepositoryLayout.ArchiveEnd))
            || journal.State().LiveArchive(id) is not null)
            return;
        if (IsOurChecksum(id))
            place.Files.Delete(place.PathOf(id + RepositoryLayout.ChecksumEnd));
        if (IsOurSummary(id))
            place.Files.Delete(place.PathOf(id + RepositoryLayout.SummaryEnd));
    }

    private bool IsOurSummary(string id) =>
        place.Read(id + RepositoryLayout.SummaryEnd, BackupSummary.MaxLength) is { } bytes
        && BackupSummary.TryParse(bytes)?.RepositoryId == repositoryId;

    private bool IsOurChecksum(string id) =>
        place.Read(id + RepositoryLayout.ChecksumEnd, 64 << 10) is { } bytes
        && RepositoryLayout.IsChecksumOf(Encoding.ASCII.GetString(bytes), id);
}
