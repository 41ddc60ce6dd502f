using Grap.Schemas;

namespace Grap.Health;

/// <summary>What is checked, and how long it may take.</summary>
public sealed record HealthOptions
{
    /// <summary>The checks to run: names of <see cref="HealthTier.Names"/>. Connectivity always runs.</summary>
    public IReadOnlyCollection<string> Tiers { get; init; } = HealthTier.Names;

    /// <summary>Time for <see cref="HealthTier.Connectivity"/>, connecting included.</summary>
    public TimeSpan ConnectivityLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for <see cref="HealthTier.SchemaConsistency"/>.</summary>
    public TimeSpan SchemaLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for <see cref="HealthTier.OrphanDetection"/>, and as much again for the statistics.</summary>
    public TimeSpan OrphanLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for <see cref="HealthTier.BackupFreshness"/>.</summary>
    public TimeSpan BackupLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the schema must be; null to compare it with that of the last proven backup.</summary>
    public DeclaredSchema? Schema { get; init; }

    /// <summary>The newest good backup may be this old: a day, and two hours to take it.</summary>
    public TimeSpan MaxBackupAge { get; init; } = TimeSpan.FromHours(26);

    /// <summary>The newest proven backup may be this old: a week, and a day.</summary>
    public TimeSpan MaxProofAge { get; init; } = TimeSpan.FromDays(8);

    /// <summary>By which part the content of the newest backup may differ from those before it.</summary>
    public double MaxSizeChange { get; init; } = 0.5;

    /// <summary>Whether to count the graph's elements by label and type.</summary>
    public bool Detailed { get; init; }
}
