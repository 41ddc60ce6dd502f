using Grap.Bolt.Pooling;
using Grap.Bolt.Routing;
using Grap.Bolt.Wire;

namespace Grap.Bolt;

/// <summary>Connections to a server or a cluster: a pool, and routing for <c>neo4j://</c> addresses. Safe for use by
/// several threads.</summary>
public sealed class BoltDriver : IAsyncDisposable
{
    private readonly BoltSettings _settings;
    private readonly Login _login;
    private readonly Router? _router;

    // Guarded by itself.
    private readonly Dictionary<BoltEndpoint, EndpointPool> _pools = [];
    private bool _disposed;

    /// <summary>Opens nothing yet.</summary>
    public BoltDriver(BoltAddress address, BoltAuth auth, BoltSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(auth);
        Address = address;
        _settings = settings ?? new BoltSettings();
        _login = new Login(address, auth, _settings);
        _router = address.Routing ? new Router(address, _login, PoolOf, _settings.Time) : null;
    }

    /// <summary>The address given.</summary>
    public BoltAddress Address { get; }

    /// <summary>Borrows a connection. With routing, one to a member that can do <paramref name="mode"/> for
    /// <paramref name="database"/>, unless <paramref name="pin"/> names the server that all work must go to.</summary>
    public async ValueTask<BoltConnection> AcquireAsync(BoltAccessMode mode, string? database = null,
        BoltEndpoint? pin = null, CancellationToken cancellation = default)
    {
        if (_router is not null && pin is null)
        {
            var (routed, pool) = await _router.AcquireAsync(mode, database, cancellation).ConfigureAwait(false);
            return Lend(routed, pool);
        }
        var direct = PoolOf(pin ?? Address.Endpoint);
        return Lend(await direct.AcquireAsync(cancellation).ConfigureAwait(false), direct);
    }

    /// <summary>Closes every connection; calls that wait on one fail.</summary>
    public async ValueTask DisposeAsync()
    {
        EndpointPool[] pools;
        lock (_pools)
        {
            _disposed = true;
            pools = [.. _pools.Values];
        }
        foreach (var pool in pools)
        {
            pool.Dispose();
            await pool.CloseIdleAsync().ConfigureAwait(false);
        }
    }

    private BoltConnection Lend(Conversation conversation, EndpointPool pool) => new(conversation, pool, failure =>
    {
        _router?.Report(pool.Endpoint, failure);
        if (failure.Code == ServerCodes.AuthorizationExpired)
            pool.Renew();
    });

    private EndpointPool PoolOf(BoltEndpoint endpoint)
    {
        lock (_pools)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_pools.TryGetValue(endpoint, out var pool))
                _pools[endpoint] = pool = new EndpointPool(endpoint, _login, _settings);
            return pool;
        }
    }
}
