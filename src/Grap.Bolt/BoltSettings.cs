namespace Grap.Bolt;

/// <summary>How a driver connects.</summary>
public sealed record BoltSettings
{
    /// <summary>Sent in HELLO.</summary>
    public string UserAgent { get; init; } = "Grap.Bolt/0.1";

    /// <summary>Limit for TCP, TLS, handshake and authentication together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Limit for silence while an answer is awaited, keep-alives not counting as silence; null for none,
    /// except what the server's <c>connection.recv_timeout_seconds</c> hint asks.</summary>
    public TimeSpan? ReadTimeout { get; init; }

    /// <summary>Most connections open at once to one server.</summary>
    public int MaxConnections { get; init; } = 32;

    /// <summary>Limit for waiting until one is free.</summary>
    public TimeSpan AcquireTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A connection idle for longer is tested with RESET before it is used again.</summary>
    public TimeSpan LivenessCheckAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest message accepted, in bytes; a larger one closes the connection
    /// (<see cref="BoltErrorKind.MessageTooLarge"/>).</summary>
    public int MaxMessageBytes { get; init; } = 1 << 30;

    /// <summary>The time source, for tests.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
