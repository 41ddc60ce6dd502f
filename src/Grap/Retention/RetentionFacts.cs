using Grap.Backups;
using Grap.Recovery.States;
using Grap.Repositories;

namespace Grap.Retention;

/// <summary>What a plan must know beside the backups themselves.</summary>
/// <param name="Now">The time, by this machine's clock.</param>
public sealed record RetentionFacts(DateTimeOffset Now)
{
    /// <summary>When something was last written to the repository's journal; null for never. A clock that stands before
    /// it is wrong.</summary>
    public DateTimeOffset? LastEntryAt { get; init; }

    /// <summary>By database (<see cref="RetentionPlan.DatabaseOf"/>): how many attempts to take a backup have failed
    /// since the newest one that succeeded.</summary>
    public IReadOnlyDictionary<string, int> FailuresSinceSuccess { get; init; } =
        new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Ids of backups that a recovery stands on: what was restored from them is not promoted or discarded
    /// yet.</summary>
    public IReadOnlySet<string> InRecovery { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>What a repository tells. A failed attempt whose database is not known counts for every
    /// one.</summary>
    internal static RetentionFacts Of(FolderRepository repository, IEnumerable<Backup> backups, DateTimeOffset now)
    {
        var journal = repository.Journal.State();
        return new RetentionFacts(now)
        {
            LastEntryAt = journal.LastEntryAt,
            InRecovery = new RecoveryBook(repository).List()
                .Where(static record => record.State != RecoveryState.NotRecovering)
                .Select(static record => record.BackupId).OfType<string>().ToHashSet(StringComparer.Ordinal),
            FailuresSinceSuccess = backups.GroupBy(RetentionPlan.DatabaseOf, StringComparer.Ordinal).ToDictionary(
                static database => database.Key,
                database => journal.FailuresSince(
                    database.Select(static backup => backup.ArchiveId), database.First().Database),
                StringComparer.Ordinal),
        };
    }
}
