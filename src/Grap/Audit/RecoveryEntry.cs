using Grap.Recovery.Promotion;
using Grap.Recovery.States;
using Grap.Repositories;

namespace Grap.Audit;

/// <summary>How the journal tells the steps of a recovery. An operation is named after what comes about when it succeeds,
/// so that a restore that failed is <c>RecoveryRestored</c> with the result <c>failure</c>.</summary>
internal static class RecoveryEntry
{
    public const string EntityType = "recovery";
    public const string Started = "RecoveryStarted";
    public const string Resumed = "RecoveryResumed";
    public const string Discarded = "RecoveryDiscarded";
    public const string PromotionStarted = "PromotionStarted";
    public const string Promoted = "RecoveryPromoted";
    public const string PromotionUndone = "PromotionUndone";

    /// <summary>The entry of one step.</summary>
    public static JournalEntry Of(RecoveryRecord before, RecoveryRecord after)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["from"] = before.Status,
            ["to"] = after.Status,
        };
        if ((after.BackupId ?? before.BackupId) is { } backup)
            details["backupId"] = backup;
        if ((after.BackupId is null ? before : after).Part is { } part)
            details["part"] = part.ToString();
        if (after.ValidationErrors.Count > 0)
            details["problem"] = after.ValidationErrors[0];
        if (after is { State: RecoveryState.Promoted, Promotion: { } promotion })
            AddPromotion(details, promotion);
        return new JournalEntry
        {
            Operation = Operation(before.State, after.State),
            EntityType = EntityType,
            EntityId = after.Database,
            Result = after.State == RecoveryState.RecoveryFailed ? JournalResult.Failure : JournalResult.Success,
            Details = details,
        };
    }

    /// <summary>The entry of a recovery that goes on after an interruption, in the state that it was in.</summary>
    public static JournalEntry OfResuming(RecoveryRecord record)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["from"] = record.Status,
            ["backupId"] = record.BackupId!,
        };
        if (record.Part is { } part)
            details["part"] = part.ToString();
        return new JournalEntry
        {
            Operation = Resumed,
            EntityType = EntityType,
            EntityId = record.Database,
            Details = details,
        };
    }

    /// <summary>The entry of a promotion that begins, or that is undone.</summary>
    public static JournalEntry OfPromotion(string operation, RecoveryRecord record)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal) { ["backupId"] = record.BackupId! };
        AddPromotion(details, record.Promotion!);
        return new JournalEntry
        {
            Operation = operation,
            EntityType = EntityType,
            EntityId = record.Database,
            Details = details,
        };
    }

    private static void AddPromotion(Dictionary<string, string> details, PromotionRecord promotion)
    {
        details["promotionId"] = promotion.Id.ToString();
        details["strategy"] = promotion.Strategy.ToString();
        if (promotion.SafetyBackupId is { } safety)
            details["safetyBackupId"] = safety;
        if (promotion.SafetyCopy is { } copy)
        {
            details["safetyCopy"] = string.Join(", ", copy.Folders);
            details["safetyCopyState"] = copy.State.ToString();
        }
        if (promotion.UndoneFromBackupId is { } undone)
            details["undoneFromBackupId"] = undone;
    }

    private static string Operation(RecoveryState before, RecoveryState after) => after switch
    {
        RecoveryState.Recovering => Started,
        RecoveryState.Validation => "RecoveryRestored",
        RecoveryState.RecoveryFailed when before == RecoveryState.Recovering => "RecoveryRestored",
        RecoveryState.RecoverySuccess or RecoveryState.RecoveryFailed => "RecoveryValidated",
        RecoveryState.Promoted => Promoted,
        _ => Discarded,
    };
}
