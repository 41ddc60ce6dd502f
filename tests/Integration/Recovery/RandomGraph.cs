using CsCheck;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;

namespace Grap.Tests.Integration.Recovery;

/// <summary>A node to be created.</summary>
internal sealed record RandomNode(IReadOnlyList<string> Labels, IReadOnlyDictionary<string, object?> Properties);

/// <summary>A relationship to be created between two nodes, by their place in the list.</summary>
internal sealed record RandomRelationship(int From, int To, string Type, IReadOnlyDictionary<string, object?> Properties);

/// <summary>
/// A small graph by chance: nodes with and without labels, loops, parallel relationships, names that break what was written
/// with ordinary ones in mind, values of every type, gaps between ids, and any choice of the kinds of indexes and constraints.
/// </summary>
/// <param name="Nodes">The nodes.</param>
/// <param name="Relationships">The relationships.</param>
/// <param name="Schema">Statements that declare it.</param>
/// <param name="Deleted">Nodes, by their place, that are deleted again.</param>
internal sealed record RandomGraph(
    IReadOnlyList<RandomNode> Nodes, IReadOnlyList<RandomRelationship> Relationships, IReadOnlyList<string> Schema,
    IReadOnlyList<int> Deleted)
{
    private const string Unique = "unique";
    private const string Paired = "paired";
    private const int MostNodes = 24;
    private const int LongestName = 300;

    // Longer values are for hostile graphs; no index holds them.
    private const int LongestText = 1000;

    private static readonly IReadOnlyList<string> s_names =
        [.. OddNames.All.Where(static name => name.Length <= LongestName), "Plain", "plain"];

    private static readonly IReadOnlyList<object> s_values =
    [
        .. PropertyValues.All.Values.OfType<object>().Where(static value => value switch
        {
            string text => text.Length <= LongestText,
            byte[] bytes => bytes.Length <= LongestText,
            List<object?> { Count: > 0 } list => list[0] is not string,
            _ => true,
        }),
    ];

    private static readonly Gen<string> s_name = Gen.Int[0, s_names.Count - 1].Select(static i => s_names[i]);

    private static readonly Gen<object> s_value = Gen.OneOf(
        Gen.Int[0, s_values.Count - 1].Select(static i => s_values[i]),
        Gen.Long.Select(static value => (object)value),
        Gen.Double.Select(static value => (object)value),
        Gen.Bool.Select(static value => (object)value),
        Gen.String[Gen.Char["aZ09 _-.:/@ßé日\t\n\"'\\`{}"], 0, 40].Select(static value => (object)value),
        Gen.Byte.Array[0, 40].Select(static value => (object)value),
        Gen.Select(Gen.Long[0, 1_000_000], Gen.Int[0, 24]).Select(static (number, kind) =>
            PropertyValues.OneOfEach(number).ElementAt(kind).Value),
        Gen.Long.Array[0, 6].Select(static values => (object)values.Cast<object?>().ToList()),
        Gen.Double.Array[0, 6].Select(static values => (object)values.Cast<object?>().ToList()),
        Gen.Bool.Array[0, 6].Select(static values => (object)values.Cast<object?>().ToList()),
        Gen.Int[0, s_names.Count - 1].Array[0, 6].Select(static values =>
            (object)values.Select(static i => (object?)s_names[i]).ToList()));

    /// <summary>Any one.</summary>
    public static Gen<RandomGraph> Any { get; } =
        from labels in s_name.Array[1, 5]
        from types in s_name.Array[1, 3]
        from keys in s_name.Array[1, 5]
        from nodes in Gen.Select(Subset(labels), Properties(keys)).Array[0, MostNodes]
        from relationships in Gen.Select(
            Gen.Int[0, MostNodes], Gen.Int[0, MostNodes], Gen.Int[0, types.Length - 1], Properties(keys))
            .Array[0, 2 * MostNodes]
        from chosen in Gen.Bool.Array[13]
        from name in s_name
        from deleted in Gen.Int[0, 3 * MostNodes].Array[0, 4]
        select new RandomGraph(
            [.. nodes.Select(static (node, i) => new RandomNode(node.Item1, WithKeys(node.Item2, i)))],
            nodes.Length == 0
                ? []
                : [.. relationships.Select((r, i) => new RandomRelationship(
                    r.Item1 % nodes.Length, r.Item2 % nodes.Length, types[r.Item3], WithKeys(r.Item4, i)))],
            [.. Declare(labels, types, keys, name).Where((_, i) => chosen[i])],
            [.. deleted.Where(i => i < nodes.Length).Distinct()]);

    /// <summary>Creates it in an empty database; its indexes are filled when this returns.</summary>
    public async Task CreateAsync(LabServer server, CancellationToken cancellation)
    {
        await using var driver = server.Connect();
        await using var loader = await GraphLoader.OpenAsync(driver, cancellation);
        foreach (var statement in Schema)
            await loader.RunAsync(statement);
        var ids = new long[Nodes.Count];
        foreach (var alike in Nodes.Select(static (node, i) => (Node: node, Place: i))
            .GroupBy(static each => string.Join('\0', each.Node.Labels)))
        {
            var created = await loader.CreateNodesAsync(
                alike.First().Node.Labels, alike.Select(static each => each.Node.Properties));
            foreach (var (each, id) in alike.Zip(created))
                ids[each.Place] = id;
        }
        foreach (var alike in Relationships.GroupBy(static relationship => relationship.Type))
        {
            await loader.CreateRelationshipsAsync(
                alike.Key, alike.Select(r => new RelationshipRow(ids[r.From], ids[r.To], r.Properties)));
        }
        await loader.RunAsync(
            "MATCH (n) WHERE id(n) IN $ids DETACH DELETE n", ("ids", Deleted.Select(i => (object?)ids[i]).ToList()));
        await loader.AwaitIndexesAsync();
    }

    private static Gen<string[]> Subset(string[] labels) => Gen.Bool.Array[labels.Length].Select(chosen =>
        labels.Where((_, i) => chosen[i]).Distinct().Order(StringComparer.Ordinal).ToArray());

    private static Gen<Dictionary<string, object?>> Properties(string[] keys) =>
        Gen.Select(Gen.Bool.Array[keys.Length], s_value.Array[keys.Length]).Select((chosen, values) => keys
            .Select((key, i) => (Key: key, Value: values[i], Chosen: chosen[i])).Where(static each => each.Chosen)
            .DistinctBy(static each => each.Key)
            .ToDictionary(static each => each.Key, static each => (object?)each.Value));

    // Two in three have what constraints are declared on, and vectors of which some are 32-bit floats.
    private static Dictionary<string, object?> WithKeys(Dictionary<string, object?> properties, int number)
    {
        if (number % 3 == 0)
            return properties;
        properties[Unique] = (long)number;
        properties[Paired] = $"{number % 2}";
        properties["vector"] = new List<object?> { number / 2.0, number % 2 == 0 ? 0.1 : -1.5, 3.25 };
        return properties;
    }

    private static IEnumerable<string> Declare(string[] labels, string[] types, string[] keys, string name)
    {
        var (node, edge) = ($"(n:{Quote(labels[0])})", $"()-[n:{Quote(types[0])}]-()");
        var (first, last) = (Quote(keys[0]), Quote(keys[^1]));
        var all = string.Join('|', labels.Distinct().Select(Quote));
        const string vector =
            "OPTIONS { indexConfig: { `vector.dimensions`: 3, `vector.similarity_function`: 'euclidean' } }";
        return
        [
            $"CREATE CONSTRAINT {Quote(name + "1")} FOR {node} REQUIRE n.{Unique} IS UNIQUE",
            $"CREATE CONSTRAINT {Quote(name + "2")} FOR {node} REQUIRE (n.{Paired}, n.{Unique}) IS UNIQUE",
            $"CREATE CONSTRAINT {Quote(name + "3")} FOR {edge} REQUIRE n.{Unique} IS UNIQUE",
            $"CREATE RANGE INDEX {Quote(name + "4")} FOR {node} ON (n.{first})",
            $"CREATE RANGE INDEX {Quote(name + "5")} FOR {node} ON (n.{first}, n.{Unique})",
            $"CREATE RANGE INDEX {Quote(name + "6")} FOR {edge} ON (n.{last})",
            $"CREATE TEXT INDEX {Quote(name + "7")} FOR {node} ON (n.{last})",
            $"CREATE TEXT INDEX {Quote(name + "8")} FOR {edge} ON (n.{first})",
            $"CREATE POINT INDEX {Quote(name + "9")} FOR {node} ON (n.{first})",
            $"CREATE FULLTEXT INDEX {Quote(name + "10")} FOR (n:{all}) ON EACH [n.{first}, n.{Paired}]",
            $"CREATE FULLTEXT INDEX {Quote(name + "11")} FOR {edge} ON EACH [n.{last}]",
            $"CREATE VECTOR INDEX {Quote(name + "12")} FOR {node} ON (n.vector) {vector}",
            $"CREATE VECTOR INDEX {Quote(name + "13")} FOR {edge} ON (n.vector) {vector}",
        ];
    }

    private static string Quote(string name) => GraphLoader.Quote(name);
}
