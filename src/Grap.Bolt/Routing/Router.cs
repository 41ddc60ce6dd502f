using Grap.Bolt.Pooling;
using Grap.Bolt.Wire;

namespace Grap.Bolt.Routing;

/// <summary>Keeps one routing table for each database and chooses members by it.</summary>
internal sealed class Router(
    BoltAddress address, Login login, Func<BoltEndpoint, EndpointPool> poolOf, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _refreshing = new(1);

    // Guarded by itself. The key of the home database is "".
    private readonly Dictionary<string, (RoutingTable Table, long Since)> _tables = new(StringComparer.Ordinal);

    /// <summary>Borrows a connection to the least busy member that can do the work. A member that cannot be reached is
    /// forgotten and the next one tried; when none is left the table is asked for anew, once.</summary>
    public async ValueTask<(Conversation Conversation, EndpointPool Pool)> AcquireAsync(
        BoltAccessMode mode, string? database, CancellationToken cancellation)
    {
        BoltException? failure = null;
        for (var round = 0; round < 2; round++)
        {
            await RefreshAsync(mode, database, cancellation).ConfigureAwait(false);
            while (Choose(mode, database) is { } pool)
            {
                try
                {
                    return (await pool.AcquireAsync(cancellation).ConfigureAwait(false), pool);
                }
                catch (BoltException e) when (MeansGone(e))
                {
                    failure = e;
                    Forget(pool.Endpoint);
                }
            }
        }
        var work = mode == BoltAccessMode.Read ? "read" : "write";
        var of = database is null ? "the home database" : $"database {database}";
        throw new BoltException(BoltErrorKind.NoServerForRole,
            $"No server that {address.Endpoint} names can {work} {of}"
            + (failure is null ? "." : $": {failure.Message}"),
            failure);
    }

    /// <summary>Learns from what happened on a borrowed connection.</summary>
    public void Report(BoltEndpoint endpoint, BoltException failure)
    {
        if (ServerCodes.RefusesWrites(failure.Code))
            Change(table => table.WithoutWriter(endpoint));
        else if (MeansGone(failure) || failure.Code == ServerCodes.DatabaseUnavailable)
            Forget(endpoint);
    }

    public void Dispose() => _refreshing.Dispose();

    private static bool MeansGone(BoltException e) => e.Kind is BoltErrorKind.Unreachable or BoltErrorKind.Refused
        or BoltErrorKind.ConnectionLost or BoltErrorKind.TimedOut;

    private void Forget(BoltEndpoint endpoint) => Change(table => table.Without(endpoint));

    private void Change(Func<RoutingTable, RoutingTable> change)
    {
        lock (_tables)
        {
            foreach (var (key, (table, since)) in _tables.ToArray())
                _tables[key] = (change(table), since);
        }
    }

    private RoutingTable? Current(string? database)
    {
        lock (_tables)
        {
            return _tables.TryGetValue(database ?? "", out var entry)
                && time.GetElapsedTime(entry.Since) < entry.Table.TimeToLive
                ? entry.Table
                : null;
        }
    }

    /// <summary>The routers of a table that has expired are still the best ones to ask for a new one.</summary>
    private BoltEndpoint[] RoutersToAsk(string? database)
    {
        lock (_tables)
        {
            var known = _tables.TryGetValue(database ?? "", out var entry) ? entry.Table.Routers : [];
            return [.. known.Append(address.Endpoint).Distinct()];
        }
    }

    private EndpointPool? Choose(BoltAccessMode mode, string? database)
    {
        var members = Current(database)?.For(mode) ?? [];
        // Ties are broken by chance, so that several clients do not all begin with the first member.
        var pools = members.Select(poolOf).ToArray();
        Random.Shared.Shuffle(pools);
        return pools.MinBy(pool => pool.Lent);
    }

    private async ValueTask RefreshAsync(BoltAccessMode mode, string? database, CancellationToken cancellation)
    {
        if (Current(database)?.For(mode).Count > 0)
            return;
        await _refreshing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // Somebody else may have asked meanwhile.
            if (Current(database)?.For(mode).Count > 0)
                return;
            var table = await AskAsync(database, cancellation).ConfigureAwait(false);
            lock (_tables)
                _tables[database ?? ""] = (table, time.GetTimestamp());
        }
        finally
        {
            _refreshing.Release();
        }
    }

    private async ValueTask<RoutingTable> AskAsync(string? database, CancellationToken cancellation)
    {
        BoltException? failure = null;
        foreach (var router in RoutersToAsk(database))
        {
            try
            {
                return await AskAsync(poolOf(router), database, cancellation).ConfigureAwait(false);
            }
            catch (BoltException e) when (MeansGone(e) || e.IsRetriable)
            {
                failure = e; // The next router may answer; the last failure is reported below.
            }
        }
        // With one server that cannot be reached, its own failure says most.
        throw failure!;
    }

    private async ValueTask<RoutingTable> AskAsync(EndpointPool pool, string? database, CancellationToken cancellation)
    {
        var conversation = await pool.AcquireAsync(cancellation).ConfigureAwait(false);
        try
        {
            var channel = conversation.Channel;
            await channel.SendAsync(conversation.Requests.Route(login.RoutingContext, database), cancellation)
                .ConfigureAwait(false);
            return RoutingTable.From(await channel.ReceiveSuccessAsync(cancellation).ConfigureAwait(false));
        }
        finally
        {
            await pool.ReturnAsync(conversation, conversation.Channel.IsOwed).ConfigureAwait(false);
        }
    }
}
