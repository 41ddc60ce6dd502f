namespace Grap;

/// <summary>The fixed list of things that go wrong; the name is the first part of the error id that a user sees and
/// tests for. Names are stable: scripts depend on them.</summary>
public enum GrapCondition
{
    /// <summary>A server address cannot be parsed.</summary>
    InvalidAddress,
    /// <summary>No connection to the server: unknown host, refused, or timed out.</summary>
    ServerUnavailable,
    /// <summary>TLS failed, or one side speaks TLS and the other does not.</summary>
    TlsFailed,
    /// <summary>Something else than Neo4j's Bolt answers at the address.</summary>
    NotNeo4j,
    /// <summary>The server is too old (or too new) for every protocol version that Grap speaks.</summary>
    ServerUnsupported,
    /// <summary>Wrong user or password, or none given.</summary>
    AuthenticationFailed,
    /// <summary>The user lacks a right.</summary>
    PermissionDenied,
    /// <summary>The database does not exist on the server.</summary>
    DatabaseNotFound,
    /// <summary>The server refused or failed a query.</summary>
    QueryFailed,
    /// <summary>The connection was lost during work and could not be had again.</summary>
    ConnectionLost,
    /// <summary>The server answered something that Grap does not understand.</summary>
    ProtocolViolation,
    /// <summary>One element alone is more than the server's transaction memory, or than Grap's limits.</summary>
    ElementTooLarge,
    /// <summary>The session was removed.</summary>
    SessionClosed,
    /// <summary>A setting or parameter has no sensible value.</summary>
    SettingInvalid,
    /// <summary>The file of a declared schema cannot be read or understood.</summary>
    SchemaInvalid,
    /// <summary>A declared index or constraint could not be created.</summary>
    SchemaNotCreated,
    /// <summary>No backup has this id.</summary>
    BackupNotFound,
    /// <summary>A backup of this id exists already.</summary>
    BackupExists,
    /// <summary>The id has characters that an id cannot have.</summary>
    BackupIdInvalid,
    /// <summary>The backup is pinned.</summary>
    BackupProtected,
    /// <summary>The backup is the last verified one of its database.</summary>
    LastVerifiedBackup,
    /// <summary>An exact backup was asked for and could not be had.</summary>
    NotExact,
    /// <summary>This level of verification cannot be done here; nothing was claimed.</summary>
    VerificationUnavailable,
    /// <summary>The repository cannot be reached or created.</summary>
    RepositoryUnavailable,
    /// <summary>The path is not a folder, or not one that Grap may use.</summary>
    RepositoryInvalid,
    /// <summary>Another run holds the repository.</summary>
    RepositoryLocked,
    /// <summary>This run's lock was taken over while it worked; nothing was published.</summary>
    LockLost,
    /// <summary>No space left in the repository.</summary>
    RepositoryFull,
    /// <summary>Reading or writing the repository failed.</summary>
    RepositoryFailed,
    /// <summary>The journal's hash chain is broken.</summary>
    JournalCorrupt,
    /// <summary>The file is no Grap archive.</summary>
    NotAnArchive,
    /// <summary>Bytes of an archive are changed or missing.</summary>
    ArchiveCorrupt,
    /// <summary>The archive was written by a newer format than this Grap reads.</summary>
    ArchiveTooNew,
    /// <summary>The archive's content contradicts itself: a dangling endpoint, a duplicate id, a wrong count.</summary>
    GraphInconsistent,
    /// <summary>The server's data folder cannot be found or read here.</summary>
    DataFolderUnavailable,
    /// <summary>The data folder is not that of the connected database.</summary>
    DataFolderMismatch,
    /// <summary>The server's files changed in a way that left no consistent copy; nothing was published.</summary>
    CopyFailed,
    /// <summary>No Neo4j installation for a scratch server, or it does not start.</summary>
    ScratchServerUnavailable,
    /// <summary>A graph is to be restored into a database that holds something.</summary>
    TargetNotEmpty,
    /// <summary>Somebody else wrote to the database that a graph is being restored into.</summary>
    TargetChanged,
    /// <summary>No space left for a scratch server.</summary>
    ScratchFull,
    /// <summary>A backup did not come up as a database, or what came up is not what the backup says.</summary>
    RestoreFailed,
    /// <summary>Another recovery of the database is under way, or its result waits.</summary>
    RecoveryInProgress,
    /// <summary>What is asked for does not go with the state of the recovery.</summary>
    RecoveryStateInvalid,
    /// <summary>A recovery ended in RECOVERY_FAILED; production was not touched.</summary>
    RecoveryFailed,
    /// <summary>Somebody stopped the recovery; it was rolled back.</summary>
    RecoveryStopped,
    /// <summary>The backup that a promotion could go back to was not taken or does not stand its proof; production was
    /// not touched.</summary>
    SafetyBackupFailed,
    /// <summary>A promotion, or its undoing, did not come to its end.</summary>
    PromotionFailed,
    /// <summary>A server runs on the data folder.</summary>
    DataFolderInUse,
    /// <summary>No space left beside a server's files.</summary>
    DataFolderFull,
    /// <summary>What stops and starts a server failed, or did not come to its end.</summary>
    ServerControlFailed,
    /// <summary>A server still runs after it was told to stop.</summary>
    ServerNotStopped,
    /// <summary>A server, or its database, does not come up after it was started.</summary>
    ServerNotStarted,
    /// <summary>The file or folder that was to be written exists.</summary>
    TargetExists,
    /// <summary>A cron expression cannot be read, or means different things to different schedulers.</summary>
    ScheduleInvalid,
    /// <summary>No schedule of this name is registered.</summary>
    ScheduleNotFound,
    /// <summary>The metrics' file cannot be written.</summary>
    MetricFileFailed,
    /// <summary>A report's file cannot be written.</summary>
    ReportFailed,
    /// <summary>A script block that the user gave a job failed.</summary>
    HookFailed,
    /// <summary>The scheduler is not there, or refused.</summary>
    SchedulerUnavailable,
    /// <summary>What was asked for is not possible with this server or backup.</summary>
    NotSupported,
}

/// <summary>Every failure that the engine reports. The edge turns it into an error record without further
/// knowledge.</summary>
public sealed class GrapException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="condition">What kind of failure.</param>
    /// <param name="message">What happened, to which thing; never a secret.</param>
    /// <param name="recommendedAction">What to do about it, as one or two sentences.</param>
    /// <param name="target">The thing it happened to: an id, a path, an address.</param>
    /// <param name="inner">The cause.</param>
    public GrapException(
        GrapCondition condition, string message, string recommendedAction, object? target = null,
        Exception? inner = null)
        : base(message, inner)
    {
        Condition = condition;
        RecommendedAction = recommendedAction;
        Target = target;
    }

    /// <summary>What kind of failure.</summary>
    public GrapCondition Condition { get; }

    /// <summary>What to do about it.</summary>
    public string RecommendedAction { get; }

    /// <summary>The thing it happened to.</summary>
    public object? Target { get; }
}
