using Grap.Bolt;
using Grap.Servers;

namespace Grap.Graphs;

/// <summary>Asks a live database how many elements it has; it answers from its count store, whatever their
/// number.</summary>
internal static class CountReader
{
    /// <summary>Asks for the totals, and for each label and type of <paramref name="schema"/>. While others write, the
    /// numbers are of slightly different moments.</summary>
    public static async Task<GraphCounts> ReadAsync(
        BoltConnection connection, Session session, GraphSchema schema, CancellationToken cancellation)
    {
        return new GraphCounts
        {
            Nodes = await CountAsync("MATCH (n) RETURN count(n)").ConfigureAwait(false),
            Relationships = await CountAsync("MATCH ()-[r]->() RETURN count(r)").ConfigureAwait(false),
            NodesByLabel = await CountEachAsync(
                schema.Labels, static name => $"MATCH (n:{name}) RETURN count(n)").ConfigureAwait(false),
            RelationshipsByType = await CountEachAsync(
                schema.RelationshipTypes, static name => $"MATCH ()-[r:{name}]->() RETURN count(r)")
                .ConfigureAwait(false),
        };

        async Task<SortedDictionary<string, long>> CountEachAsync(
            IEnumerable<string> names, Func<string, string> query)
        {
            var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach (var name in names)
            {
                var count = await CountAsync(query($"`{name.Replace("`", "``", StringComparison.Ordinal)}`"))
                    .ConfigureAwait(false);
                // A name stays known when nothing bears it any more.
                if (count > 0)
                    counts.Add(name, count);
            }
            return counts;
        }

        async Task<long> CountAsync(string query)
        {
            var rows = await connection.ReadAllAsync(
                new BoltQuery(session.CypherPrefix + query) { Database = session.Database }, cancellation)
                .ConfigureAwait(false);
            return rows[0][0] as long? ?? 0;
        }
    }
}
