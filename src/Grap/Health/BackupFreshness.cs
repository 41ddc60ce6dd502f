using Grap.Backups;

namespace Grap.Health;

/// <summary>What there is to go back to.</summary>
public sealed record BackupFreshness
{
    /// <summary>The newest good backup; null for none.</summary>
    public Backup? LastBackup { get; init; }
    /// <summary>How old that is.</summary>
    public TimeSpan? LastBackupAge { get; init; }
    /// <summary>The newest good backup that was proven, to whatever level; null for none.</summary>
    public Backup? LastProven { get; init; }
    /// <summary>How old that is: what would be lost by going back to it.</summary>
    public TimeSpan? LastProvenAge { get; init; }
    /// <summary>The newest good backup that was restored for a proof; null for none.</summary>
    public Backup? LastRestored { get; init; }
    /// <summary>How old that is.</summary>
    public TimeSpan? LastRestoredAge { get; init; }
    /// <summary>Attempts that have failed since the newest one that succeeded.</summary>
    public int FailuresSince { get; init; }
    /// <summary>Content of the newest good backup by that of those before it (the median of up to seven of its method);
    /// null where there is none before it.</summary>
    public double? SizeRatio { get; init; }
}
