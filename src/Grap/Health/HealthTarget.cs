using Grap.Servers;

namespace Grap.Health;

/// <summary>What is checked.</summary>
/// <param name="Address">The server's address, without credentials.</param>
/// <param name="Connect">Opens a session, or returns an open one. Whoever gives it closes the session.</param>
public sealed record HealthTarget(string Address, Func<CancellationToken, Task<Session>> Connect)
{
    /// <summary>The database's name, where it is known before connecting.</summary>
    public string? Database { get; init; }

    /// <summary>The repository's path; null for none.</summary>
    public string? Repository { get; init; }
}
