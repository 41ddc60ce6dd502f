using Grap.Bolt;
using Grap.Graphs;
using Grap.Servers;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>Makes the names of labels, types and keys known to a database before a transaction uses them: each new one
/// is a transaction of its own, which would be taken for somebody else's.</summary>
internal static class TokenNames
{
    /// <summary>Creates those that a graph and the mark need and the database does not tell. Names are no content: a
    /// database without them and with them holds the same graph.</summary>
    public static async Task CreateAsync(
        BoltConnection connection, Session session, GraphSchema wanted, CancellationToken cancellation)
    {
        var present = await SchemaReader.ReadAsync(connection, session, cancellation).ConfigureAwait(false);
        await CreateMissingAsync("db.createLabel", [.. wanted.Labels, .. PromotionMark.Label], present.Labels)
            .ConfigureAwait(false);
        await CreateMissingAsync(
            "db.createRelationshipType", wanted.RelationshipTypes, present.RelationshipTypes).ConfigureAwait(false);
        await CreateMissingAsync("db.createProperty", [.. wanted.PropertyKeys, .. PromotionMark.Keys],
            present.PropertyKeys).ConfigureAwait(false);

        async Task CreateMissingAsync(string procedure, IReadOnlyList<string> names, IReadOnlyList<string> known)
        {
            foreach (var name in names.Except(known, StringComparer.Ordinal))
            {
                await connection.ReadAllAsync(
                    BoltQuery.Create($"{session.CypherPrefix}CALL {procedure}($name)", ("name", name)) with
                    {
                        Database = session.Database,
                        Mode = BoltAccessMode.Write,
                    }, cancellation).ConfigureAwait(false);
            }
        }
    }
}
