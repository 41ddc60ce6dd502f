using System.Security.Cryptography;
using Grap.Archives;
using Grap.Backups;
using Grap.Repositories;

namespace Grap.Tests.Torture.Crash;

/// <summary>Looks at a repository from outside, without its lock, and compares it with the books.</summary>
internal sealed class Inspection(Site site, Books books)
{
    /// <summary>After a kill: what was acknowledged is there and unchanged, and nothing half is. Returns how many
    /// backups are there that were committed and not acknowledged any more; they are entered.</summary>
    public int LookAfterKill()
    {
        var repository = site.Open();
        var listed = repository.List().ToDictionary(static backup => backup.Id, StringComparer.Ordinal);
        LookIntoTrash(repository, listed);
        foreach (var id in books.Ids.Where(id => !listed.ContainsKey(id)).ToList())
        {
            if (!books.MayBeGone(id))
                throw new Violation($"Backup '{id}' was acknowledged and is not listed any more.");
            books.Strike(id);
        }
        var found = 0;
        foreach (var backup in listed.Values)
        {
            if (!books.Has(backup.Id))
            {
                if (!books.MayBeThere(backup.Id))
                    throw new Violation($"Backup '{backup.Id}' is listed, and nobody was taking it.");
                found++;
            }
            CheckContent(repository, backup);
        }
        books.Settle();
        return found;
    }

    /// <summary>After a run that ended well: exactly what is in the books is there, and nothing else is in the
    /// folder.</summary>
    public void LookAfterRun()
    {
        LookAfterKill();
        CheckFolder();
        CheckJournal();
        CheckServer();
    }

    /// <summary>Whoever copies a server's files makes none there, not even for a moment.</summary>
    private void CheckServer()
    {
        if (site is not { Copies: true, DataFolder: { } data })
            return;
        var foreign = Directory.EnumerateFileSystemEntries(data, "*", SearchOption.AllDirectories)
            .FirstOrDefault(static path => Path.GetFileName(path) is var name
                && (name.Contains("grap", StringComparison.OrdinalIgnoreCase)
                    || name.EndsWith(".partial", StringComparison.Ordinal)));
        if (foreign is not null)
            throw new Violation($"'{foreign}' was left in the server's data folder.");
    }

    /// <summary>What is in the trash was moved there, or is being moved; what was there is there still, unless it is
    /// being brought back or purged.</summary>
    private void LookIntoTrash(FolderRepository repository, Dictionary<string, Backup> listed)
    {
        var trash = repository.ListTrash().ToDictionary(static backup => backup.Id, StringComparer.Ordinal);
        foreach (var id in books.Trash.Where(id => !trash.ContainsKey(id)).ToList())
        {
            if (books.MayHaveMoved(id) && listed.ContainsKey(id))
                books.BringBack(id);
            else if (books.MayBeGone(id))
                books.Strike(id);
            else
                throw new Violation($"Backup '{id}' was in the trash and is not there any more.");
        }
        foreach (var id in trash.Keys.Where(id => !books.Trash.Contains(id)))
        {
            if (!books.MayHaveMoved(id) || listed.ContainsKey(id))
                throw new Violation($"Backup '{id}' is in the trash, and nobody moved it there.");
            books.MoveToTrash(id);
        }
        foreach (var backup in trash.Values)
        {
            var hash = Hash(Path.GetFileName(backup.Path));
            if (books.HashOf(backup.Id) is not { } known)
            {
                // It was taken and moved by the same process, so that nobody has seen it yet.
                using var archive = ArchiveReader.Open(new DiskFileSystem().OpenRead(backup.Path)!, backup.Path);
                archive.VerifyChecksum(null, CancellationToken.None);
                books.MoveToTrash(backup.Id, hash);
            }
            else if (hash != known)
                throw new Violation($"The trashed archive of backup '{backup.Id}' has changed.");
        }
    }

    private void CheckContent(FolderRepository repository, Backup backup)
    {
        if (backup.Status != BackupStatus.Available)
            throw new Violation($"Backup '{backup.Id}' is {backup.Status}: {backup.Problem}");
        var hash = Hash(backup.Id + RepositoryLayout.ArchiveEnd);
        if (books.HashOf(backup.Id) is not { } known)
        {
            using var archive = repository.OpenArchive(backup.Id);
            archive.VerifyChecksum(null, CancellationToken.None);
            books.Enter(backup.Id, hash);
        }
        else if (hash != known)
            throw new Violation($"The archive of backup '{backup.Id}' has changed: SHA-256 was {known} and is {hash}.");
    }

    private void CheckFolder()
    {
        var expected = books.Ids.SelectMany(static id => SidecarsOf(id).Append(id + RepositoryLayout.ArchiveEnd))
            .Concat(site.Open().ListTrash().Select(static backup => Path.GetFileName(backup.Path)))
            .Concat([RepositoryLayout.Identity, RepositoryLayout.Journal]).Order(StringComparer.Ordinal).ToList();
        var found = Directory.GetFileSystemEntries(site.Folder).Select(Path.GetFileName).OfType<string>().ToList();
        if (found.Except(expected, StringComparer.Ordinal).ToList() is { Count: > 0 } leftovers)
            throw new Violation($"The next run left behind: {string.Join(", ", leftovers)}.");
        if (expected.Except(found, StringComparer.Ordinal).ToList() is { Count: > 0 } missing)
            throw new Violation($"Missing from the repository: {string.Join(", ", missing)}.");
        foreach (var id in books.Ids)
        {
            var text = File.ReadAllText(Path.Combine(site.Folder, id + RepositoryLayout.ChecksumEnd));
            if (text != $"{books.HashOf(id)}  {id}{RepositoryLayout.ArchiveEnd}\n")
                throw new Violation($"The checksum file of backup '{id}' is not that of its archive: {text}");
        }
    }

    /// <summary>Each backup was created once before it was removed, and those that were not removed are those that are
    /// there.</summary>
    private void CheckJournal()
    {
        var alive = new HashSet<string>(StringComparer.Ordinal);
        var trash = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in site.Open().Journal.Read())
        {
            if (entry.Operation == JournalState.Created && !alive.Add(entry.EntityId))
                throw new Violation($"The journal says twice that backup '{entry.EntityId}' was created.");
            if (entry.Operation == JournalState.Removed && !alive.Remove(entry.EntityId))
                throw new Violation($"The journal says of no backup '{entry.EntityId}' that it was removed.");
            var follows = entry.Operation switch
            {
                JournalState.Trashed => alive.Remove(entry.EntityId) && trash.Add(entry.EntityId),
                JournalState.RemovalUndone => trash.Remove(entry.EntityId) && alive.Add(entry.EntityId),
                JournalState.Purged => trash.Remove(entry.EntityId),
                _ => true,
            };
            if (!follows)
                throw new Violation($"The journal's {entry.Operation} of backup '{entry.EntityId}' does not follow.");
        }
        if (!trash.SetEquals(books.Trash))
            throw new Violation("The journal's trash is not the one in the folder.");
        if (!alive.SetEquals(books.Ids))
            throw new Violation(
                $"The journal knows the backups {string.Join(", ", alive.Order(StringComparer.Ordinal))}; "
                + $"in the folder are {string.Join(", ", books.Ids.Order(StringComparer.Ordinal))}.");
    }

    private string Hash(string name)
    {
        using var file = File.OpenRead(Path.Combine(site.Folder, name));
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static string[] SidecarsOf(string id) =>
        [id + RepositoryLayout.SummaryEnd, id + RepositoryLayout.ChecksumEnd];
}
