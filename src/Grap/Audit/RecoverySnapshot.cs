using Grap.Recovery.States;
using Grap.Repositories;

namespace Grap.Audit;

/// <summary>The recovery state as the node <c>RecoveryState {id: 'recovery-current'}</c> shows it.</summary>
public sealed record RecoverySnapshot
{
    /// <summary>One of <c>NOT_RECOVERING</c>, <c>RECOVERING</c>, <c>VALIDATION</c>, <c>RECOVERY_SUCCESS</c>,
    /// <c>RECOVERY_FAILED</c>, <c>PROMOTED</c>.</summary>
    public string Status { get; init; } = "NOT_RECOVERING";
    /// <summary>0 to 100.</summary>
    public long ProgressPercent { get; init; }
    /// <summary>The backup; null where there is no recovery.</summary>
    public string? BackupId { get; init; }
    /// <summary>When the recovery began.</summary>
    public DateTimeOffset? StartedAt { get; init; }
    /// <summary>When it ended.</summary>
    public DateTimeOffset? CompletedAt { get; init; }
    /// <summary>What validation found, each as a sentence.</summary>
    public IReadOnlyList<string> ValidationErrors { get; init; } = [];
    /// <summary>Whether its result is production's now.</summary>
    public bool PromotedToProduction { get; init; }

    /// <summary>What a repository says: of several databases the one whose recovery changed last.</summary>
    internal static RecoverySnapshot Of(FolderRepository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        var newest = new RecoveryBook(repository).List().MaxBy(static record => record.UpdatedAt);
        return newest is null ? new RecoverySnapshot() : new RecoverySnapshot
        {
            Status = newest.Status,
            ProgressPercent = newest.ProgressPercent,
            BackupId = newest.BackupId,
            StartedAt = newest.StartedAt,
            CompletedAt = newest.CompletedAt,
            ValidationErrors = newest.ValidationErrors,
            PromotedToProduction = newest.PromotedToProduction,
        };
    }
}
