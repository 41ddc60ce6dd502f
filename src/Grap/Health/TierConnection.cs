using Grap.Bolt;
using Grap.Servers;

namespace Grap.Health;

/// <summary>One connection of a check. The server, too, ends a query that takes longer than the check may, where that is
/// limited.</summary>
internal sealed class TierConnection(Session session, BoltConnection connection, TimeSpan? limit) : IAsyncDisposable
{
    public Session Session => session;

    public BoltConnection Connection => connection;

    public static async Task<TierConnection> OpenAsync(
        Session session, TimeSpan? limit, CancellationToken cancellation) => new(
        session, await session.ConnectAsync(BoltAccessMode.Read, cancellation).ConfigureAwait(false), limit);

    /// <summary>Asks for a row of numbers.</summary>
    public async Task<long[]> CountAsync(
        string query, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        var rows = await RowsAsync(query, cancellation, parameters).ConfigureAwait(false);
        return rows is [var row, ..] ? Array.ConvertAll(row, static value => value as long? ?? 0) : [];
    }

    /// <summary>Asks for a few rows.</summary>
    public Task<List<object?[]>> RowsAsync(
        string query, CancellationToken cancellation, params (string Name, object? Value)[] parameters) =>
        connection.ReadAllAsync(BoltQuery.Create(session.CypherPrefix + query, parameters) with
        {
            Database = session.Database,
            Timeout = limit,
        }, cancellation);

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
