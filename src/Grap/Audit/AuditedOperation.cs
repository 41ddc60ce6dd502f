using Grap.Repositories;

namespace Grap.Audit;

/// <summary>What somebody set out to do, in the words of the journal. The name is that of what comes about when it
/// succeeds: an operation <c>BackupRemoved</c> with the result <c>failure</c> is a removal that did not
/// happen.</summary>
/// <param name="Name">The operation.</param>
/// <param name="EntityType">What kind of thing it is done to: <c>backup</c>, <c>database</c>, ….</param>
/// <param name="EntityId">The id of the thing; empty where it has none yet.</param>
public sealed record AuditedOperation(string Name, string EntityType, string EntityId)
{
    private const string Backup = "backup";

    private static readonly IReadOnlyDictionary<string, string> s_none = new Dictionary<string, string>();

    /// <summary>More, as text by name: kept with every outcome. Never a secret.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = s_none;

    /// <summary>Whether a failure's message may be kept. False where it may repeat what the user wrote: a server's
    /// complaint about a query quotes the query.</summary>
    public bool KeepsMessage { get; init; } = true;

    /// <summary>Taking a backup.</summary>
    /// <param name="id">Its id; null where it is not chosen yet.</param>
    /// <param name="database">The database; null where it is not known yet. A failure that does not say of which
    /// database counts for every one, when retention looks for them.</param>
    public static AuditedOperation TakeBackup(string? id, string? database = null) =>
        new(JournalState.Created, Backup, id ?? "")
        {
            Details = database is null ? s_none : new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [JournalState.Database] = database,
            },
        };

    /// <summary>Proving a backup.</summary>
    public static AuditedOperation VerifyBackup(string id) => new(JournalState.Verified, Backup, id);

    /// <summary>Removing a backup.</summary>
    public static AuditedOperation RemoveBackup(string id) => new(JournalState.Removed, Backup, id);

    /// <summary>Applying retention to a repository.</summary>
    public static AuditedOperation ApplyRetention(Guid repositoryId) =>
        new("RetentionApplied", "repository", repositoryId.ToString());

    /// <summary>Bringing a backup back from the trash.</summary>
    public static AuditedOperation UndoRemoval(string id) => new(JournalState.RemovalUndone, Backup, id);

    /// <summary>Having a job run by itself.</summary>
    public static AuditedOperation RegisterSchedule(string name) => new("ScheduleRegistered", "schedule", name);

    /// <summary>Having it run no more.</summary>
    public static AuditedOperation UnregisterSchedule(string name) => new("ScheduleUnregistered", "schedule", name);

    /// <summary>Creating a schema in a database.</summary>
    public static AuditedOperation InitializeSchema(string database) =>
        // A server that refuses a constraint quotes the values that break it.
        new("SchemaInitialized", "database", database) { KeepsMessage = false };

    /// <summary>Writing a backup in a format of others, to a place that Grap does not look after.</summary>
    public static AuditedOperation ExportBackup(string id, string target) => new("BackupExported", Backup, id)
    {
        Details = new Dictionary<string, string>(StringComparer.Ordinal) { ["target"] = target },
    };

    /// <summary>Recovering a database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="backupId">The backup.</param>
    public static AuditedOperation StartRecovery(string database, string backupId) =>
        new(RecoveryEntry.Started, RecoveryEntry.EntityType, database)
        {
            Details = new Dictionary<string, string>(StringComparer.Ordinal) { ["backupId"] = backupId },
        };

    /// <summary>Stopping a recovery, or discarding what it left.</summary>
    public static AuditedOperation DiscardRecovery(string database) =>
        new(RecoveryEntry.Discarded, RecoveryEntry.EntityType, database);

    /// <summary>Making a recovery's result production's.</summary>
    /// <param name="database">The database.</param>
    public static AuditedOperation PromoteRecovery(string database) =>
        new(RecoveryEntry.Promoted, RecoveryEntry.EntityType, database);

    /// <summary>Making production what it was before a promotion.</summary>
    /// <param name="database">The database.</param>
    public static AuditedOperation UndoPromotion(string database) =>
        new(RecoveryEntry.PromotionUndone, RecoveryEntry.EntityType, database);

    /// <summary>Pinning or unpinning a backup.</summary>
    public static AuditedOperation ProtectBackup(string id, bool protects) =>
        new(protects ? JournalState.Protected : JournalState.Unprotected, Backup, id);
}
