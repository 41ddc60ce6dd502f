using Grap.Bolt;
using Grap.Servers;

namespace Grap.Health;

/// <summary>The server answers a query.</summary>
internal static class ConnectivityTier
{
    /// <summary>Asks, and returns the database's uuid where the server tells it.</summary>
    public static async Task<Guid?> AskAsync(Session session, CancellationToken cancellation)
    {
        var connection = await session.ConnectAsync(BoltAccessMode.Read, cancellation).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var bookmark = await connection.ReadBookmarkAsync(session.Database, cancellation).ConfigureAwait(false);
        return Bookmark.TryParse(bookmark, out var database, out var __) ? database : null;
    }

    public static TierFinding Answered { get; } =
        TierFinding.Pass("Neo4j is reachable and responding to queries");
}
