namespace Grap.Health;

/// <summary>What a health check found.</summary>
public sealed record HealthReport
{
    /// <summary>When it began, UTC.</summary>
    public required DateTimeOffset Timestamp { get; init; }
    /// <summary>The server's address.</summary>
    public required string Address { get; init; }
    /// <summary>The database; null where it is not known, since the server was not reached.</summary>
    public string? Database { get; init; }
    /// <summary>What each check found, in the order in which they ran.</summary>
    public required IReadOnlyList<HealthTier> Checks { get; init; }
    /// <summary>How large the graph is; null where that was not asked for, or could not be counted in time.</summary>
    public GraphStatistics? Statistics { get; init; }
    /// <summary>Why the graph's size could not be counted; null where it was, or was not asked for.</summary>
    public string? StatisticsProblem { get; init; }
    /// <summary>What there is to go back to; null where that was not checked.</summary>
    public BackupFreshness? Backups { get; init; }
    /// <summary>How long all of it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What the checks come to. What was not checked counts for nothing.</summary>
    public HealthStatus Status =>
        Checks.Any(static check => check.Status == TierStatus.Fail) ? HealthStatus.Unhealthy
        : Checks.Any(static check => check.Status == TierStatus.Warn) ? HealthStatus.Degraded
        : HealthStatus.Healthy;

    /// <summary>For a script to end with: 0 healthy, 1 degraded, 2 unhealthy.</summary>
    public int ExitCode => (int)Status;

    /// <summary>The report as people read it.</summary>
    public string Text => HealthText.Write(this);

    /// <summary>The report as monitoring reads it: a document whose names never change (docs/health.md).</summary>
    public string ToJson() => HealthDocument.Write(this);

    /// <summary>The status.</summary>
    public override string ToString() => Status.ToString();
}
