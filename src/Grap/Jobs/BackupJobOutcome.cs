namespace Grap.Jobs;

/// <summary>How a job ended. The numbers are its exit codes, and stable: monitoring depends on them.</summary>
public enum BackupJobOutcome
{
    /// <summary>Everything that was due was done, and a backup was published and proven.</summary>
    Succeeded = 0,
    /// <summary>No backup was published, for a reason that has no number of its own.</summary>
    Failed = 1,
    /// <summary>Another job, or another command, held the repository. Nothing was done.</summary>
    Busy = 2,
    /// <summary>The server was not reached, or the connection was lost.</summary>
    ServerUnavailable = 3,
    /// <summary>Wrong user or password, or a right is missing.</summary>
    AccessDenied = 4,
    /// <summary>The repository is not there, is none, or cannot be read and written.</summary>
    RepositoryUnavailable = 5,
    /// <summary>No space is left in the repository.</summary>
    RepositoryFull = 6,
    /// <summary>A setting or parameter makes no sense.</summary>
    ConfigurationInvalid = 7,
    /// <summary>A backup was published, but the level asked for could not be checked.</summary>
    NotProven = 8,
    /// <summary>A backup was published, and failed its verification.</summary>
    Damaged = 9,
    /// <summary>A backup was published and proven, but retention failed or refused to remove anything.</summary>
    RetentionFailed = 10,
    /// <summary>A backup was published and proven, but a hook, the heartbeat, the metrics, the log or the audit entry
    /// failed.</summary>
    Incomplete = 11,
    /// <summary>Somebody stopped it (Ctrl+C, SIGTERM).</summary>
    Cancelled = 130,
}

/// <summary>From what went wrong to how the job ends.</summary>
internal static class BackupJobOutcomes
{
    public static BackupJobOutcome Of(Exception failure) => failure is GrapException known
        ? Of(known.Condition)
        : failure is OperationCanceledException ? BackupJobOutcome.Cancelled : BackupJobOutcome.Failed;

    public static BackupJobOutcome Of(GrapCondition condition) => condition switch
    {
        GrapCondition.RepositoryLocked => BackupJobOutcome.Busy,
        GrapCondition.ServerUnavailable or GrapCondition.ConnectionLost or GrapCondition.TlsFailed
            or GrapCondition.NotNeo4j or GrapCondition.ServerUnsupported => BackupJobOutcome.ServerUnavailable,
        GrapCondition.AuthenticationFailed or GrapCondition.PermissionDenied => BackupJobOutcome.AccessDenied,
        GrapCondition.RepositoryUnavailable or GrapCondition.RepositoryInvalid or GrapCondition.RepositoryFailed
            or GrapCondition.JournalCorrupt => BackupJobOutcome.RepositoryUnavailable,
        GrapCondition.RepositoryFull => BackupJobOutcome.RepositoryFull,
        GrapCondition.SettingInvalid or GrapCondition.InvalidAddress or GrapCondition.DatabaseNotFound
            or GrapCondition.ScheduleInvalid => BackupJobOutcome.ConfigurationInvalid,
        _ => BackupJobOutcome.Failed,
    };
}
