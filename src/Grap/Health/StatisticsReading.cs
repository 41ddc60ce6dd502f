using Grap.Backups;
using Grap.Graphs;
using Grap.Servers;

namespace Grap.Health;

/// <summary>Counts a graph, from the server's count store where that knows. What Grap itself keeps is taken
/// off.</summary>
internal static class StatisticsReading
{
    public static async Task<GraphStatistics> ReadAsync(
        Session session, TimeSpan limit, CancellationToken cancellation)
    {
        var connection = await TierConnection.OpenAsync(session, limit, cancellation).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var schema = await SchemaReader.ReadAsync(connection.Connection, session, cancellation).ConfigureAwait(false);
        var counts = await CountReader.ReadAsync(connection.Connection, session, schema, cancellation)
            .ConfigureAwait(false);
        var own = schema.Labels.Contains(ProjectionFilter.Label, StringComparer.Ordinal)
            ? await CountOwnAsync(connection, cancellation).ConfigureAwait(false)
            : new GraphCounts();
        var isolated = await connection.CountAsync(
            "MATCH (n) WHERE NOT (n)--()" + (own.Nodes > 0 ? $" AND NOT {OwnNodes.Condition}" : "")
            + " RETURN count(n)", cancellation).ConfigureAwait(false);
        return new GraphStatistics
        {
            Nodes = counts.Nodes - own.Nodes,
            Relationships = counts.Relationships - own.Relationships,
            IsolatedNodes = isolated[0],
            NodesByLabel = Without(counts.NodesByLabel, own.NodesByLabel),
            RelationshipsByType = Without(counts.RelationshipsByType, own.RelationshipsByType),
            ProjectedNodes = own.Nodes,
        };
    }

    private static async Task<GraphCounts> CountOwnAsync(TierConnection connection, CancellationToken cancellation)
    {
        const string Own = $"MATCH (n:{ProjectionFilter.Label}) WHERE n.{ProjectionFilter.Repository} IS NOT NULL ";
        var nodes = await connection.CountAsync(Own + "RETURN count(n)", cancellation).ConfigureAwait(false);
        var labels = await connection.RowsAsync(
            Own + "UNWIND labels(n) AS label RETURN label, count(*)", cancellation).ConfigureAwait(false);
        // Only where somebody tied something to them.
        var types = await connection.RowsAsync(
            Own + "MATCH (n)-[r]-() RETURN type(r), count(DISTINCT r)", cancellation).ConfigureAwait(false);
        var byType = types.ToDictionary(static row => (string)row[0]!, static row => (long)row[1]!);
        return new GraphCounts
        {
            Nodes = nodes[0],
            Relationships = byType.Values.Sum(),
            NodesByLabel = labels.ToDictionary(static row => (string)row[0]!, static row => (long)row[1]!),
            RelationshipsByType = byType,
        };
    }

    private static SortedDictionary<string, long> Without(
        IReadOnlyDictionary<string, long> counts, IReadOnlyDictionary<string, long> own)
    {
        var left = counts.Select(count => (count.Key, Count: count.Value - own.GetValueOrDefault(count.Key)))
            .Where(static count => count.Count > 0);
        return new(left.ToDictionary(static count => count.Key, static count => count.Count), StringComparer.Ordinal);
    }
}
