using Grap.Bolt;
using Grap.Servers;

namespace Grap.Graphs;

/// <summary>Reads what a live database declares.</summary>
internal static class SchemaReader
{
    /// <summary>Names with this beginning belong to Grap's own projection and are no part of a user's graph.</summary>
    public const string OwnPrefix = "grap_";

    /// <summary>Reads indexes, constraints, and the names in use. Kinds that this code does not know are kept as the
    /// server tells them.</summary>
    public static async Task<GraphSchema> ReadAsync(
        BoltConnection connection, Session session, CancellationToken cancellation)
    {
        var indexes = await ReadTableAsync("SHOW INDEXES YIELD *").ConfigureAwait(false);
        var constraints = await ReadTableAsync("SHOW CONSTRAINTS YIELD *").ConfigureAwait(false);
        return new GraphSchema
        {
            Indexes =
            [
                .. indexes.Select(ToIndex).Where(static i => !IsOwn(i.Name))
                    .OrderBy(static i => i.Name, StringComparer.Ordinal),
            ],
            Constraints =
            [
                .. constraints.Select(ToConstraint).Where(static c => !IsOwn(c.Name))
                    .OrderBy(static c => c.Name, StringComparer.Ordinal),
            ],
            Labels = await ReadNamesAsync("CALL db.labels() YIELD label RETURN label").ConfigureAwait(false),
            RelationshipTypes = await ReadNamesAsync(
                "CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType").ConfigureAwait(false),
            PropertyKeys = await ReadNamesAsync(
                "CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey").ConfigureAwait(false),
        };

        async Task<List<Dictionary<string, object?>>> ReadTableAsync(string command)
        {
            var rows = new List<Dictionary<string, object?>>();
            var cursor = await connection.RunAsync(Query(command), cancellation).ConfigureAwait(false);
            await using (cursor.ConfigureAwait(false))
            {
                while (await cursor.ReadAsync(cancellation).ConfigureAwait(false))
                    rows.Add(cursor.Fields.Zip(cursor.Values).ToDictionary(static p => p.First, static p => p.Second));
            }
            return rows;
        }

        async Task<IReadOnlyList<string>> ReadNamesAsync(string call)
        {
            var rows = await connection.ReadAllAsync(Query(call), cancellation).ConfigureAwait(false);
            return [.. rows.Select(static r => (string)r[0]!).Order(StringComparer.Ordinal)];
        }

        BoltQuery Query(string text) => new(session.CypherPrefix + text) { Database = session.Database };
    }

    private static bool IsOwn(string name) => name.StartsWith(OwnPrefix, StringComparison.Ordinal);

    private static GraphIndex ToIndex(Dictionary<string, object?> row) => new()
    {
        Name = Text(row, "name") ?? "",
        Type = Text(row, "type") ?? "",
        EntityType = Text(row, "entityType") ?? "",
        LabelsOrTypes = Names(row, "labelsOrTypes"),
        Properties = Names(row, "properties"),
        Provider = Text(row, "indexProvider"),
        OwningConstraint = Text(row, "owningConstraint"),
        State = Text(row, "state"),
        Options = Map(row, "options"),
        Cypher = Text(row, "createStatement") ?? "",
    };

    private static GraphConstraint ToConstraint(Dictionary<string, object?> row) => new()
    {
        Name = Text(row, "name") ?? "",
        Type = Text(row, "type") ?? "",
        EntityType = Text(row, "entityType") ?? "",
        LabelsOrTypes = Names(row, "labelsOrTypes"),
        Properties = Names(row, "properties"),
        OwnedIndex = Text(row, "ownedIndex"),
        PropertyType = Text(row, "propertyType"),
        Options = Map(row, "options"),
        Cypher = Text(row, "createStatement") ?? "",
    };

    private static string? Text(Dictionary<string, object?> row, string column) =>
        row.GetValueOrDefault(column) as string;

    private static IReadOnlyList<string> Names(Dictionary<string, object?> row, string column) =>
        row.GetValueOrDefault(column) is IReadOnlyList<object?> names ? [.. names.OfType<string>()] : [];

    private static IReadOnlyDictionary<string, object?> Map(Dictionary<string, object?> row, string column) =>
        row.GetValueOrDefault(column) as IReadOnlyDictionary<string, object?> ?? new Dictionary<string, object?>();
}
