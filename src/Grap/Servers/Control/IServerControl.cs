namespace Grap.Servers.Control;

/// <summary>What stops and starts a server: whatever its operator does it with. Only <see cref="ControlledServer"/>
/// knows when the server is really down or up.</summary>
public interface IServerControl
{
    /// <summary>What it is, as <c>systemd unit neo4j</c>.</summary>
    string Description { get; }

    /// <summary>Whether a server that it starts runs as the user that runs this process.</summary>
    bool StartsAsThisUser { get; }

    /// <summary>Tells the server to stop. Telling one that does not run may be a failure or not.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ServerControlFailed"/>; the message has what the
    /// command printed.</exception>
    Task StopAsync(CancellationToken cancellation);

    /// <summary>Tells the server to start. The server outlives this process.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ServerControlFailed"/>.</exception>
    Task StartAsync(CancellationToken cancellation);
}
