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

    /// <summary>Limit for silence while an answer is awaited; null for what the server asks for, which is two minutes
    /// unless its keep-alives were configured otherwise. A limit below its keep-alives' interval (one minute) ends
    /// queries that are only slow.</summary>
    public TimeSpan? ReadTimeout { get; init; }
}
