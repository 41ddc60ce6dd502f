namespace Grap.Health;

/// <summary>What all checks together come to.</summary>
public enum HealthStatus
{
    /// <summary>No check failed or warned.</summary>
    Healthy,
    /// <summary>A check warned, none failed.</summary>
    Degraded,
    /// <summary>A check failed.</summary>
    Unhealthy,
}
