using Grap.Bolt;

namespace Grap.Servers;

/// <summary>Short answers in one call.</summary>
internal static class BoltConnectionReading
{
    /// <summary>Runs a query and returns all of its rows, decoded. For answers that are known to be small.</summary>
    public static async Task<List<object?[]>> ReadAllAsync(
        this BoltConnection connection, BoltQuery query, CancellationToken cancellation)
    {
        var rows = new List<object?[]>();
        var cursor = await connection.RunAsync(query, cancellation).ConfigureAwait(false);
        await using (cursor.ConfigureAwait(false))
        {
            while (await cursor.ReadAsync(cancellation).ConfigureAwait(false))
                rows.Add(cursor.Values);
        }
        return rows;
    }

    /// <summary>Runs a query for its bookmark: the newest committed transaction as this connection sees it.</summary>
    public static async Task<string?> ReadBookmarkAsync(
        this BoltConnection connection, string database, CancellationToken cancellation)
    {
        var cursor = await connection.RunAsync(new BoltQuery("RETURN 1") { Database = database }, cancellation)
            .ConfigureAwait(false);
        await using (cursor.ConfigureAwait(false))
        {
            while (await cursor.ReadAsync(cancellation).ConfigureAwait(false))
            {
                // One row, of no interest.
            }
            return cursor.Summary?.Bookmark;
        }
    }
}
