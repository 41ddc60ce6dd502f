using System.Net.Sockets;
using Grap.Bolt;

namespace Grap.Servers.Control;

/// <summary>A server on this machine: seen by its port, and by its locks on the files.</summary>
/// <param name="login">How to reach the database.</param>
/// <param name="storeFolder">The folder of the database's stores.</param>
public sealed class ServerPresence(SessionOptions login, string storeFolder) : IServerPresence
{
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<string?> FindTraceAsync(CancellationToken cancellation)
    {
        if (StoreLock.FindHeld(storeFolder) is { } held)
            return $"A process holds the lock '{held}'.";
        return await AcceptsConnectionsAsync(cancellation).ConfigureAwait(false)
            ? $"{login.Address} still accepts connections."
            : null;
    }

    /// <inheritdoc/>
    public async Task<string?> FindObstacleAsync(CancellationToken cancellation)
    {
        try
        {
            var session = await Session.OpenAsync(login with { ConnectTimeout = s_connect }, cancellation)
                .ConfigureAwait(false);
            await session.DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch (GrapException notYet) when (notYet.Condition
            is GrapCondition.ServerUnavailable or GrapCondition.ConnectionLost or GrapCondition.QueryFailed
            or GrapCondition.DatabaseNotFound)
        {
            await RefuseFailedDatabaseAsync(notYet, cancellation).ConfigureAwait(false);
            return notYet.Message;
        }
    }

    private async Task<bool> AcceptsConnectionsAsync(CancellationToken cancellation)
    {
        using var client = new TcpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_connect);
        try
        {
            await client.ConnectAsync(login.Address.Endpoint.Host, login.Address.Endpoint.Port, limit.Token)
                .ConfigureAwait(false);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    // A database that is starting and one that cannot start are both unavailable; which it is, `system` knows.
    private async Task RefuseFailedDatabaseAsync(GrapException notYet, CancellationToken cancellation)
    {
        try
        {
            var driver = new BoltDriver(login.Address, login.Auth, new BoltSettings { ConnectTimeout = s_connect });
            await using var _ = driver.ConfigureAwait(false);
            if (await DatabaseStatus.FindFailureAsync(driver, cancellation).ConfigureAwait(false) is { } failed
                && (login.Database is null || failed.Name == login.Database))
            {
                throw new GrapException(GrapCondition.ServerNotStarted,
                    $"The server at {login.Address} runs but cannot start database '{failed.Name}': {failed.Why}",
                    "See the server's debug.log.", failed.Name, notYet);
            }
        }
        catch (BoltException)
        {
            // It does not answer at all yet: the obstacle that is known already.
        }
    }
}
