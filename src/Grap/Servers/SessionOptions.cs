using Grap.Bolt;

namespace Grap.Servers;

/// <summary>How to reach a server.</summary>
public sealed record SessionOptions(BoltAddress Address, BoltAuth Auth)
{
    /// <summary>Database; null for the user's home database.</summary>
    public string? Database { get; init; }

    /// <summary>Who the credentials name, for display; null for none.</summary>
    public string? User { get; init; }

    /// <summary>Limit for connecting.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
