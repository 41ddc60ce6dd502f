namespace Grap.Servers.Control;

/// <summary>How somebody sees from outside whether a server runs.</summary>
public interface IServerPresence
{
    /// <summary>What of it still runs, as a sentence; null where it is down.</summary>
    Task<string?> FindTraceAsync(CancellationToken cancellation);

    /// <summary>Why its database does not answer yet, as a sentence; null where it does.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ServerNotStarted"/>: waiting does not
    /// help.</exception>
    Task<string?> FindObstacleAsync(CancellationToken cancellation);
}
