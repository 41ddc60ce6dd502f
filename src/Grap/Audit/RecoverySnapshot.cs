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

    /// <summary>What a repository says of its recovery. It keeps none yet.</summary>
    internal static RecoverySnapshot Of(FolderRepository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        return new RecoverySnapshot();
    }
}
