using System.Collections.Concurrent;
using Grap.Archives;
using Grap.Backups;
using Grap.Verification;

namespace Grap.Repositories;

/// <summary>A folder that keeps backups (docs/repository.md). Safe for use by several threads, processes and machines
/// at once: reading needs no lock, writing needs the one of <see cref="Lock"/>.</summary>
public sealed class FolderRepository
{
    private readonly RepositoryPlace _place;

    private FolderRepository(RepositoryPlace place, Guid id)
    {
        _place = place;
        Id = id;
        Journal = new Journal(place);
    }

    /// <summary>Opens a repository, making the folder and its identity where there is none and
    /// <paramref name="create"/> says so. Other people's files in the folder are left alone. Throws RepositoryInvalid
    /// for what is no folder or a newer layout, RepositoryUnavailable where there is no repository or no
    /// access.</summary>
    public static FolderRepository Open(string path, bool create, RepositoryOptions? options = null)
    {
        var place = PlaceOf(path, options);
        if (create)
            MakeFolder(place);
        var identity = RepositoryIdentity.Find(place);
        if (identity is null && !create)
            throw NoRepository(place);
        return new FolderRepository(place, identity ?? RepositoryIdentity.Create(place));
    }

    /// <summary>Opens a repository; null where there is none. Throws as <see cref="Open"/> does for what is there and
    /// cannot be used.</summary>
    public static FolderRepository? TryOpen(string path, RepositoryOptions? options = null)
    {
        var place = PlaceOf(path, options);
        return RepositoryIdentity.Find(place) is { } id ? new FolderRepository(place, id) : null;
    }

    /// <summary>Where its files are, for what keeps more than backups in it.</summary>
    internal RepositoryPlace Place => _place;

    /// <summary>Absolute path.</summary>
    public string Path => _place.Folder;

    /// <summary>The repository's own random id.</summary>
    public Guid Id { get; }

    /// <summary>The journal: audit, proofs, pins.</summary>
    public Journal Journal { get; }

    /// <summary>Bytes that may still be written to the repository's disk.</summary>
    public long FreeSpace => _place.Files.FreeSpace(_place.Folder);

    /// <summary>Takes the lock for a writing operation, or throws RepositoryLocked naming the owner. Takes it over from
    /// a dead owner; one on another machine is watched for a minute first. Removes what a crashed run left.</summary>
    public RepositoryLock Lock(string operation, CancellationToken cancellation = default)
    {
        var file = LockFile.Acquire(
            _place, RepositoryLayout.Lock, operation, TimeSpan.Zero, heartbeat: true, cancellation);
        try
        {
            new CrashRecovery(_place, Id, Journal).Run(file.Token);
            return new RepositoryLock(_place, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>All backups, newest first. Files that are no backups, and a journal that cannot be read, are passed
    /// over and reported through <paramref name="foreign"/>, each as a sentence. A backup that another process removes
    /// meanwhile is left out.</summary>
    public IEnumerable<Backup> List(Action<string>? foreign = null)
    {
        var listing = new BackupListing(_place, ReadJournal(foreign));
        var items = _place.List();
        var backups = new ConcurrentBag<Backup>();
        var reports = new ConcurrentBag<string>();
        var archives = items.Where(item => !item.IsFolder && RepositoryLayout.ArchiveId(item.Name) is not null);
        Parallel.ForEach(archives, item =>
        {
            var backup = listing.Read(RepositoryLayout.ArchiveId(item.Name)!, item.LastWritten, out var report);
            if (backup is not null)
                backups.Add(backup);
            if (report is not null)
                reports.Add(report);
        });
        if (foreign is not null)
        {
            foreach (var report in reports.Concat(Unknown(items)).Order(StringComparer.Ordinal))
                foreign(report);
        }
        return backups.OrderByDescending(backup => backup.CreatedAt)
            .ThenBy(backup => backup.Id, StringComparer.Ordinal).ToList();
    }

    /// <summary>One backup, or BackupNotFound / BackupIdInvalid; NotAnArchive where the name belongs to somebody else's
    /// file.</summary>
    public Backup Get(string id)
    {
        BackupId.Check(id);
        var backup = new BackupListing(_place, ReadJournal(null)).Read(id, default, out var foreign);
        return backup ?? throw (foreign is null ? NotFound(id) : Foreign(id, foreign));
    }

    /// <summary>Opens a backup's archive.</summary>
    public ArchiveReader OpenArchive(string id)
    {
        BackupId.Check(id);
        var path = _place.PathOf(id + RepositoryLayout.ArchiveEnd);
        return ArchiveReader.Open(_place.Files.OpenRead(path) ?? throw NotFound(id), path);
    }

    /// <summary>Begins a new backup under a temporary name. Checks the id and that it is free, whatever the case of its
    /// letters: a repository may be copied to a system where case does not count.</summary>
    public PendingBackup Begin(string id, RepositoryLock heldLock)
    {
        BackupId.Check(id);
        ArgumentNullException.ThrowIfNull(heldLock);
        heldLock.EnsureHeldIn(_place);
        RefuseTakenNames(id, "Choose another id, or leave -Id out to get one with the time in it.");
        return new PendingBackup(this, _place, id, heldLock);
    }

    /// <summary>Removes a backup. It is renamed first, and is gone from every listing with that; then the journal says
    /// so; then its files are deleted. A crash in between leaves it whole, or leaves files that the next run deletes.
    /// Refuses pinned ones (BackupProtected) and the last verified one of its database (LastVerifiedBackup) unless
    /// forced.</summary>
    public void Remove(string id, RepositoryLock heldLock, bool force)
    {
        ArgumentNullException.ThrowIfNull(heldLock);
        heldLock.EnsureHeldIn(_place);
        var backup = Get(id);
        if (!force)
            RefuseToRemove(backup);
        heldLock.EnsureHeldIn(_place);
        var removed = _place.PathOf(RepositoryLayout.Removed(id, backup.ArchiveId));
        _place.Files.Rename(_place.PathOf(id + RepositoryLayout.ArchiveEnd), removed);
        new CrashRecovery(_place, Id, Journal).FinishRemoval(removed, id,
            JournalState.Entry(JournalState.Removed, id, backup.ArchiveId, ("forced", force ? "true" : "false")));
    }

    /// <summary>Moves a backup to the trash, by one rename; then the journal says so. Refuses pinned ones
    /// (BackupProtected). A crash in between leaves it in one place or the other.</summary>
    /// <param name="id">The backup.</param>
    /// <param name="heldLock">The repository's lock.</param>
    /// <param name="reason">Why, for the journal.</param>
    public void MoveToTrash(string id, RepositoryLock heldLock, string reason)
    {
        ArgumentNullException.ThrowIfNull(heldLock);
        heldLock.EnsureHeldIn(_place);
        var backup = Get(id);
        if (backup.Protected)
            throw IsProtected(backup);
        Trash.Move(backup, reason, new CrashRecovery(_place, Id, Journal));
    }

    /// <summary>What is in the trash, the last removed first: backups with the time in
    /// <see cref="Backup.TrashedAt"/>.</summary>
    public IEnumerable<Backup> ListTrash() => Trash.List(ReadJournal(null));

    /// <summary>Brings a backup back from the trash, after reading all of it. Of several with this id the one that was
    /// removed last. Throws BackupNotFound, BackupExists where its id is used again, ArchiveCorrupt.</summary>
    public Backup UndoRemoval(string id, RepositoryLock heldLock, CancellationToken cancellation)
    {
        BackupId.Check(id);
        ArgumentNullException.ThrowIfNull(heldLock);
        heldLock.EnsureHeldIn(_place);
        var backup = ListTrash().FirstOrDefault(trashed => trashed.Id == id)
            ?? throw new GrapException(
                GrapCondition.BackupNotFound, $"There is no backup '{id}' in the trash of '{Path}'.",
                "List the trash with Get-GrapBackup -Trashed. What was purged is gone.", id);
        RefuseTakenNames(id, "Remove or rename what has the id now; until then the backup stays in the trash.");
        Trash.BringBack(backup, heldLock, cancellation);
        return Get(id);
    }

    /// <summary>Deletes a backup in the trash for good. It is renamed first; a crash leaves it in the trash, or leaves
    /// a file that the next run deletes.</summary>
    public void Purge(Backup trashed, RepositoryLock heldLock)
    {
        ArgumentNullException.ThrowIfNull(trashed);
        ArgumentNullException.ThrowIfNull(heldLock);
        heldLock.EnsureHeldIn(_place);
        Trash.Purge(trashed, new CrashRecovery(_place, Id, Journal));
    }

    /// <summary>Pins or unpins.</summary>
    public Backup SetProtected(string id, bool value, RepositoryLock heldLock)
    {
        ArgumentNullException.ThrowIfNull(heldLock);
        heldLock.EnsureHeldIn(_place);
        var backup = Get(id);
        if (backup.Protected != value)
            Journal.Append(JournalState.Entry(
                value ? JournalState.Protected : JournalState.Unprotected, id, backup.ArchiveId));
        return Get(id);
    }

    /// <summary>Writes a verification's outcome to the journal. Needs no lock.</summary>
    public void RecordVerification(VerificationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        Journal.Append(JournalState.Entry(result, Get(result.Id).ArchiveId));
    }

    private static RepositoryPlace PlaceOf(string path, RepositoryOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var place = new RepositoryPlace(System.IO.Path.GetFullPath(path), options ?? new RepositoryOptions());
        return place.Files.FileExists(place.Folder)
            ? throw new GrapException(GrapCondition.RepositoryInvalid, $"'{place.Folder}' is a file, not a folder.",
                "Name a folder with -Repository or BACKUP_DIR.", place.Folder)
            : place;
    }

    private static void MakeFolder(RepositoryPlace place)
    {
        if (place.Files.CreateFolder(place.Folder) is not { } topmost)
            return;
        // Each new folder's name stands in the folder above it.
        for (var made = place.Folder; System.IO.Path.GetDirectoryName(made) is { } above; made = above)
        {
            place.Files.SyncFolder(above);
            if (made == topmost)
                return;
        }
    }

    /// <summary>A damaged journal must not hide the backups: they are listed as not verified and not pinned, and the
    /// damage is told.</summary>
    private JournalState ReadJournal(Action<string>? report)
    {
        try
        {
            return Journal.State();
        }
        catch (GrapException error)
        {
            report?.Invoke($"{error.Message} Proofs and pins are not known.");
            return new JournalState();
        }
    }

    private static IEnumerable<string> Unknown(IReadOnlyList<FolderItem> items)
    {
        var archives = items.Select(item => RepositoryLayout.ArchiveId(item.Name)).OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var sidecarOf = RepositoryLayout.SummaryId(item.Name) ?? RepositoryLayout.ChecksumId(item.Name);
            if (item.IsFolder)
                yield return $"'{item.Name}' is a folder; backups in it are not listed.";
            else if (sidecarOf is not null && !archives.Contains(sidecarOf))
                yield return $"'{item.Name}' is here without its archive.";
            else if (sidecarOf is null && RepositoryLayout.ArchiveId(item.Name) is null
                && !RepositoryLayout.IsOwn(item.Name))
                yield return $"'{item.Name}' is not a file of Grap's.";
        }
    }

    private Trash Trash => new(_place, Journal);

    private void RefuseTakenNames(string id, string action)
    {
        string[] names =
            [id + RepositoryLayout.ArchiveEnd, id + RepositoryLayout.SummaryEnd, id + RepositoryLayout.ChecksumEnd];
        foreach (var item in _place.List())
        {
            if (names.Contains(item.Name, StringComparer.OrdinalIgnoreCase))
                throw new GrapException(
                    GrapCondition.BackupExists, $"Repository '{Path}' already has '{item.Name}'.", action, id);
        }
    }

    private static GrapException IsProtected(Backup backup) => new(
        GrapCondition.BackupProtected, $"Backup '{backup.Id}' is protected.",
        "Run Unprotect-GrapBackup first, or use -Force.", backup.Id);

    private void RefuseToRemove(Backup backup)
    {
        if (backup.Protected)
            throw IsProtected(backup);
        if (!IsVerified(backup) || List().Any(other => other.Id != backup.Id && IsVerified(other)
            && other.Database == backup.Database && other.DatabaseId == backup.DatabaseId))
            return;
        throw new GrapException(GrapCondition.LastVerifiedBackup,
            $"Backup '{backup.Id}' is the last verified one of database '{backup.Database}'.",
            "Take a newer backup and prove it with Test-GrapBackup first, or use -Force.", backup.Id);
    }

    private static bool IsVerified(Backup backup) =>
        backup.Status == BackupStatus.Available && backup.VerifiedLevel != VerificationLevel.None;

    private GrapException NotFound(string id) => new(GrapCondition.BackupNotFound,
        $"Repository '{Path}' has no backup '{id}'.",
        "List the backups with Get-GrapBackup and use an Id from there.", id);

    private static GrapException Foreign(string id, string reason) => new(GrapCondition.NotAnArchive, reason,
        "It was not written by Grap, or lost its beginning. "
        + "Compare it with another copy, or move it out of the repository.", id);

    private static GrapException NoRepository(RepositoryPlace place) => new(GrapCondition.RepositoryUnavailable,
        place.Files.List(place.Folder) is null
            ? $"Folder '{place.Folder}' does not exist."
            : $"Folder '{place.Folder}' is no Grap repository: it has no {RepositoryLayout.Identity}.",
        "Check the path given with -Repository or BACKUP_DIR; New-GrapBackup makes a repository where there is none.",
        place.Folder);
}
