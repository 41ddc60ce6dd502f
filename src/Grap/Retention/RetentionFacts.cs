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
}
