using System.Management.Automation;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.PowerShell.Running;

/// <summary>Makes every error record of Grap. The id is the condition's name, to which PowerShell adds the cmdlet's
/// class.</summary>
internal static class ErrorRecords
{
    /// <summary>The id of what no condition describes: a fault of Grap itself.</summary>
    private const string UnexpectedError = nameof(UnexpectedError);

    /// <summary>Turns a failure into a record.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="target">What it happened to, where the failure does not say.</param>
    public static ErrorRecord From(Exception failure, object? target = null) => failure switch
    {
        GrapException known => Record(known, known.Condition.ToString(), CategoryOf(known.Condition),
            known.Target ?? target, known.RecommendedAction),
        BoltException wire => From(ServerFailure.From(wire, target?.ToString() ?? "the server")),
        _ => Record(failure, UnexpectedError, ErrorCategory.NotSpecified, target,
            "This is a fault of Grap. Please report it with what $Error[0].Exception.ToString() shows."),
    };

    private static ErrorRecord Record(
        Exception failure, string id, ErrorCategory category, object? target, string action) =>
        new(failure, id, category, target)
        {
            ErrorDetails = new ErrorDetails(failure.Message) { RecommendedAction = action },
        };

    private static ErrorCategory CategoryOf(GrapCondition condition) => condition switch
    {
        GrapCondition.InvalidAddress or GrapCondition.SettingInvalid or GrapCondition.BackupIdInvalid
            or GrapCondition.SchemaInvalid or GrapCondition.ScheduleInvalid => ErrorCategory.InvalidArgument,
        GrapCondition.ServerUnavailable or GrapCondition.ConnectionLost or GrapCondition.TlsFailed
            => ErrorCategory.ConnectionError,
        GrapCondition.NotNeo4j or GrapCondition.ServerUnsupported or GrapCondition.ProtocolViolation
            => ErrorCategory.ProtocolError,
        GrapCondition.AuthenticationFailed => ErrorCategory.AuthenticationError,
        GrapCondition.PermissionDenied or GrapCondition.BackupProtected or GrapCondition.LastVerifiedBackup
            => ErrorCategory.PermissionDenied,
        GrapCondition.DatabaseNotFound or GrapCondition.BackupNotFound or GrapCondition.ScheduleNotFound
            => ErrorCategory.ObjectNotFound,
        GrapCondition.BackupExists or GrapCondition.TargetExists or GrapCondition.TargetNotEmpty
            => ErrorCategory.ResourceExists,
        GrapCondition.RepositoryUnavailable or GrapCondition.ScratchServerUnavailable
            or GrapCondition.VerificationUnavailable or GrapCondition.DataFolderUnavailable
            or GrapCondition.ServerControlFailed or GrapCondition.ServerNotStopped or GrapCondition.ServerNotStarted
            or GrapCondition.SchedulerUnavailable
            => ErrorCategory.ResourceUnavailable,
        GrapCondition.DataFolderMismatch => ErrorCategory.InvalidArgument,
        GrapCondition.CopyFailed => ErrorCategory.ReadError,
        GrapCondition.RepositoryLocked or GrapCondition.LockLost or GrapCondition.DataFolderInUse
            or GrapCondition.RecoveryInProgress => ErrorCategory.ResourceBusy,
        GrapCondition.RecoveryStopped => ErrorCategory.OperationStopped,
        GrapCondition.RepositoryFull or GrapCondition.ScratchFull or GrapCondition.DataFolderFull
            or GrapCondition.ElementTooLarge
            => ErrorCategory.LimitsExceeded,
        GrapCondition.RepositoryFailed or GrapCondition.MetricFileFailed or GrapCondition.ReportFailed
            => ErrorCategory.WriteError,
        GrapCondition.RepositoryInvalid or GrapCondition.NotAnArchive or GrapCondition.ArchiveCorrupt
            or GrapCondition.JournalCorrupt or GrapCondition.GraphInconsistent or GrapCondition.RestoreFailed
            => ErrorCategory.InvalidData,
        GrapCondition.ArchiveTooNew or GrapCondition.NotSupported => ErrorCategory.NotImplemented,
        GrapCondition.QueryFailed or GrapCondition.NotExact or GrapCondition.TargetChanged
            or GrapCondition.RecoveryFailed or GrapCondition.PromotionFailed or GrapCondition.SafetyBackupFailed
            or GrapCondition.SchemaNotCreated
            => ErrorCategory.InvalidResult,
        GrapCondition.SessionClosed or GrapCondition.RecoveryStateInvalid or GrapCondition.HookFailed
            => ErrorCategory.InvalidOperation,
        _ => ErrorCategory.NotSpecified,
    };
}
