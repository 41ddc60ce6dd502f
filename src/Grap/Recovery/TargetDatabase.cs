using Grap.Bolt;
using Grap.Graphs;
using Grap.Servers;

namespace Grap.Recovery;

/// <summary>What a target holds before a restore.</summary>
/// <param name="Nodes">Nodes, Grap's own among them.</param>
/// <param name="Relationships">Relationships.</param>
/// <param name="OwnNodes">Nodes that Grap itself keeps in a database.</param>
/// <param name="Schema">Indexes and constraints, without Grap's own.</param>
internal sealed record TargetDatabase(long Nodes, long Relationships, long OwnNodes, GraphSchema Schema)
{
    /// <summary>Whether nobody has put anything in. The token lookup indexes that every database begins with do not
    /// count, nor do names of labels and keys, which cannot be removed.</summary>
    public bool IsEmpty => Nodes == OwnNodes && Relationships == 0 && Schema.Constraints.Count == 0
        && Schema.Indexes.All(static i => i.Type == "LOOKUP");

    /// <summary>Asks the target.</summary>
    public static async Task<TargetDatabase> ReadAsync(
        BoltConnection connection, Session session, CancellationToken cancellation)
    {
        var (nodes, relationships) = await CountAsync(connection, session, cancellation).ConfigureAwait(false);
        var own = await CountAsync(
            connection, session, $"MATCH (n:{Backups.ProjectionFilter.Label}) RETURN count(n)", cancellation)
            .ConfigureAwait(false);
        var schema = await SchemaReader.ReadAsync(connection, session, cancellation).ConfigureAwait(false);
        return new TargetDatabase(nodes, relationships, own, schema);
    }

    /// <summary>All nodes and relationships, from the count store: exact between transactions.</summary>
    public static async Task<(long Nodes, long Relationships)> CountAsync(
        BoltConnection connection, Session session, CancellationToken cancellation) => (
        await CountAsync(connection, session, "MATCH (n) RETURN count(n)", cancellation).ConfigureAwait(false),
        await CountAsync(connection, session, "MATCH ()-[r]->() RETURN count(r)", cancellation).ConfigureAwait(false));

    /// <summary>Throws <see cref="GrapException"/> (TargetNotEmpty) unless the target is empty.</summary>
    public void ExpectEmpty(Session session)
    {
        if (IsEmpty)
            return;
        throw new GrapException(
            GrapCondition.TargetNotEmpty,
            $"{session.Database} at {session.Uri} is not empty: {Nodes - OwnNodes} nodes, {Relationships} relationships, "
            + $"{Schema.Constraints.Count} constraints, {Schema.Indexes.Count(static i => i.Type != "LOOKUP")} indexes.",
            "Restore into an empty database. Nothing was changed.", session.Uri);
    }

    private static async Task<long> CountAsync(
        BoltConnection connection, Session session, string text, CancellationToken cancellation)
    {
        var rows = await connection.ReadAllAsync(
            new BoltQuery(session.CypherPrefix + text) { Database = session.Database }, cancellation)
            .ConfigureAwait(false);
        return (long)rows[0][0]!;
    }
}
