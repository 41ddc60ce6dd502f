namespace Grap.Health;

/// <summary>What one check found.</summary>
public sealed record HealthTier
{
    /// <summary>Can the server be reached, and does it answer?</summary>
    public const string Connectivity = "connectivity";
    /// <summary>Is the schema what was declared, or what the last proven backup holds?</summary>
    public const string SchemaConsistency = "schema_consistency";
    /// <summary>Is anything without what it belongs to?</summary>
    public const string OrphanDetection = "orphan_detection";
    /// <summary>Is there a recent backup, and a recent proven one?</summary>
    public const string BackupFreshness = "backup_freshness";

    /// <summary>All of them, in the order in which they run.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [Connectivity, SchemaConsistency, OrphanDetection, BackupFreshness];

    /// <summary>One of <see cref="Names"/>: stable, monitoring depends on it.</summary>
    public required string Name { get; init; }
    /// <summary>How it ended.</summary>
    public required TierStatus Status { get; init; }
    /// <summary>What was found, in a sentence.</summary>
    public required string Message { get; init; }
    /// <summary>Everything that is wrong, each as a sentence; empty for nothing.</summary>
    public IReadOnlyList<string> Findings { get; init; } = [];
    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }
    /// <summary>How long it was allowed to take.</summary>
    public required TimeSpan Limit { get; init; }
    /// <summary>Name and status.</summary>
    public override string ToString() => $"{Name}: {Status}";
}
