using Grap.Backups;
using Grap.Repositories;

namespace Grap.Health;

/// <summary>The backups of the database that is checked, read once for all checks.</summary>
internal sealed class BackupShelf
{
    private readonly Lazy<(IReadOnlyList<Backup> Backups, int Failures)?> _read;

    /// <param name="repository">The repository's path; null for none.</param>
    /// <param name="database">The database's name; null for whatever is there.</param>
    /// <param name="databaseId">Its uuid, where it is known: several servers may keep a database of this name
    /// here.</param>
    /// <param name="options">What the repository needs from outside.</param>
    public BackupShelf(string? repository, string? database, Guid? databaseId, RepositoryOptions? options = null)
    {
        Repository = repository;
        Database = database;
        _read = new(() => repository is not null && FolderRepository.TryOpen(repository, options) is { } opened
            ? Read(opened, database, databaseId)
            : null);
    }

    public string? Repository { get; }

    public string? Database { get; }

    /// <summary>Whether there is a repository. Throws what it has against being read.</summary>
    public bool Exists => _read.Value is not null;

    /// <summary>All backups of the database, newest first.</summary>
    public IReadOnlyList<Backup> Backups => _read.Value?.Backups ?? [];

    /// <summary>Those that can be used, as far as seen.</summary>
    public IEnumerable<Backup> Good => Backups.Where(static backup => backup.Status == BackupStatus.Available);

    /// <summary>Attempts to take one that have failed since the newest that succeeded.</summary>
    public int FailuresSince => _read.Value?.Failures ?? 0;

    /// <summary>The backups, for a check that can do without: none where they cannot be read, which is for the check of
    /// the backups to tell.</summary>
    public IReadOnlyList<Backup> TryBackups()
    {
        try
        {
            return Backups;
        }
        catch (GrapException)
        {
            return [];
        }
    }

    private static (IReadOnlyList<Backup>, int) Read(FolderRepository repository, string? database, Guid? databaseId)
    {
        List<Backup> backups =
        [
            .. repository.List().Where(backup => database is null || (backup.Database == database
                && (backup.DatabaseId is null || databaseId is null || backup.DatabaseId == databaseId))),
        ];
        return (backups, repository.Journal.State().FailuresSince(
            backups.Where(static backup => backup.Status == BackupStatus.Available)
                .Select(static backup => backup.ArchiveId), database));
    }
}
