using Properties = System.Collections.Generic.Dictionary<string, object?>;

namespace Grap.Lab.Graphs;

/// <summary>
/// A small graph of everything that is rare: nodes without labels and without properties, loops, parallel
/// relationships, odd and very long names, sixty-four labels, two thousand properties, every value at its edge,
/// elements of several MiB, holes in the ids, and every kind of index and constraint.
/// </summary>
public static class HostileGraph
{
    private const int SparseNodes = 5000;
    private const int SparseKeptEvery = 97;

    /// <summary>Loads it.</summary>
    /// <param name="loader">Where to.</param>
    /// <param name="version">The server's version, which decides the kinds of index.</param>
    /// <param name="largestMegabytes">Size of the largest element in MiB. 64 needs a heap of 2 GiB.</param>
    public static async Task LoadAsync(
        GraphLoader loader, string version, int largestMegabytes)
    {
        foreach (var statement in HostileSchema.Statements(version))
            await loader.RunAsync(statement);
        await LoadHolesAsync(loader);
        await LoadShapesAsync(loader);
        await LoadOddNamesAsync(loader);
        await LoadValuesAsync(loader);
        await LoadIndexedAsync(loader);
        await LoadLargeAsync(loader, largestMegabytes);
        await LoadHolesAsync(loader);
        await loader.AwaitIndexesAsync();
    }

    // Long runs of ids without an element, for nodes and relationships.
    private static async Task LoadHolesAsync(GraphLoader loader)
    {
        var ids = await loader.CreateNodesAsync(["Sparse"], Enumerable.Range(0, SparseNodes).Select(Numbered));
        var chain = ids.Skip(1).Zip(ids, (to, from) => new RelationshipRow(from, to, s_none));
        await loader.CreateRelationshipsAsync("SPARSE", chain);
        await loader.RunAsync(
            "MATCH (n:Sparse) WHERE n.number % $every <> 0 DETACH DELETE n", ("every", (long)SparseKeptEvery));
        await loader.RunAsync(
            "MATCH (n:Sparse) WITH n ORDER BY id(n) WITH collect(n) AS kept UNWIND range(1, size(kept) - 1) AS i "
            + "WITH kept[i - 1] AS a, kept[i] AS b CREATE (a)-[:SPARSE { again: true }]->(b) REMOVE a.number");
    }

    private static async Task LoadShapesAsync(GraphLoader loader)
    {
        var bare = await loader.CreateNodesAsync([], Enumerable.Range(0, 20).Select(_ => s_none));
        var plain = await loader.CreateNodesAsync([], Enumerable.Range(0, 20).Select(Numbered));
        string[] labels = [.. Enumerable.Range(0, 64).Select(number => $"Label{number:00}")];
        await loader.CreateNodesAsync(labels, Enumerable.Range(0, 2).Select(Numbered));
        await loader.CreateNodesAsync(["Wide"], [Wide(2000)]);

        // Loops, the same relationship many times over, both directions, and one node with very many.
        var same = Enumerable.Repeat(new RelationshipRow(bare[0], bare[1], s_none), 250);
        var parallel = Enumerable.Range(0, 250).Select(i => new RelationshipRow(bare[0], bare[1], Numbered(i)));
        var back = Enumerable.Repeat(new RelationshipRow(bare[1], bare[0], s_none), 50);
        await loader.CreateRelationshipsAsync("SAME", [.. same, .. parallel, .. back]);
        var loops = bare.Concat(plain).Select(id => new RelationshipRow(id, id, s_none));
        await loader.CreateRelationshipsAsync("LOOP", [.. loops, .. loops]);
        var spokes = await loader.CreateNodesAsync(["Spoke"], Enumerable.Range(0, 3000).Select(_ => s_none));
        await loader.CreateRelationshipsAsync("SPOKE", spokes.Select(id => new RelationshipRow(plain[0], id, s_none)));
        await loader.CreateRelationshipsAsync("WIDE", [new RelationshipRow(plain[0], plain[1], Wide(500))]);
    }

    private static async Task LoadOddNamesAsync(GraphLoader loader)
    {
        foreach (var name in OddNames.All)
        {
            var properties = new Properties { [name] = name };
            var ids = await loader.CreateNodesAsync([name], [properties, properties]);
            await loader.CreateRelationshipsAsync(name, [new RelationshipRow(ids[0], ids[1], properties)]);
        }
        await loader.CreateNodesAsync(
            ["odd `label` 👍"], [new Properties { ["odd `key` 👍"] = "odd `value` 👍" }]);
    }

    private static async Task LoadValuesAsync(GraphLoader loader)
    {
        // Each value on an element of its own, so that a difference names it; and all together.
        var single = PropertyValues.All.Select(pair => new Properties { [pair.Key] = pair.Value }).ToList();
        var ids = await loader.CreateNodesAsync(["Value"], single);
        await loader.CreateNodesAsync(["Values"], [PropertyValues.All]);
        await loader.CreateRelationshipsAsync("VALUE", single.Select((properties, index) =>
            new RelationshipRow(ids[index], ids[(index + 1) % ids.Count], properties)));
        await loader.CreateRelationshipsAsync("VALUES", [new RelationshipRow(ids[0], ids[1], PropertyValues.All)]);
    }

    private static async Task LoadIndexedAsync(GraphLoader loader)
    {
        static Properties Keyed(int number) => new()
        {
            ["key"] = $"key {number}", ["first"] = (long)(number / 10), ["second"] = (long)(number % 10),
            ["string"] = "der Schlüssel",
        };
        static Properties Every(int number)
        {
            var row = PropertyValues.OneOfEach(number).ToDictionary(one => one.Name, one => (object?)one.Value);
            row["other"] = "text " + number;
            row["a b"] = "spaced " + number;
            return row;
        }
        static Properties Embedded(int number) => new()
        {
            ["embedding"] = new List<object?> { number + 0.5, 1.0, -0.25 },
            ["other"] = new List<object?> { 1.0, 2.0, 3.0 },
        };

        var unique = await loader.CreateNodesAsync(["Unique"], Enumerable.Range(0, 100).Select(Keyed));
        var indexed = await loader.CreateNodesAsync(["Indexed", "a b"], Enumerable.Range(0, 100).Select(Every));
        var vector = await loader.CreateNodesAsync(["Vector"], Enumerable.Range(0, 10).Select(Embedded));
        await ConnectAsync("UNIQUE", unique, Keyed);
        await ConnectAsync("INDEXED", indexed, Every);
        await ConnectAsync("VECTOR", vector, Embedded);
        // The same list kept as 32-bit floats, which is how the vector procedures store it.
        await loader.RunAsync(
            "MATCH (n:Vector) WITH n LIMIT 5 "
            + "CALL db.create.setNodeVectorProperty(n, 'embedding', [1.5, 2.5, -0.1]) RETURN count(*)");

        Task ConnectAsync(string type, IReadOnlyList<long> ids, Func<int, Properties> properties) =>
            loader.CreateRelationshipsAsync(type, ids.Select((id, index) =>
                new RelationshipRow(id, ids[(index + 1) % ids.Count], properties(index))));
    }

    private static async Task LoadLargeAsync(GraphLoader loader, int megabytes)
    {
        var length = megabytes << 20;
        var text = string.Create(length, 0, (characters, _) =>
        {
            for (var index = 0; index < characters.Length; index++)
                characters[index] = (char)('!' + index * 31L % 94);
        });
        var bytes = new byte[length / 2];
        new Random(1).NextBytes(bytes);
        var ids = new List<long>();
        var parts = Enumerable.Range(0, 20_000).Select(number => (object?)$"part {number}").ToList();
        object[] values = [text, bytes, parts];
        foreach (var value in values)
            ids.AddRange(await loader.CreateNodesAsync(["Large"], [new Properties { ["large"] = value }]));
        await loader.CreateRelationshipsAsync(
            "LARGE", [new RelationshipRow(ids[0], ids[1], new Properties { ["large"] = text })]);
    }

    private static readonly Properties s_none = [];

    private static Properties Numbered(int number) => new() { ["number"] = (long)number };

    private static Properties Wide(int properties)
    {
        var row = new Properties();
        for (var number = 0; number < properties; number++)
        {
            row[$"property{number:0000}"] = (number % 4) switch
            {
                0 => (long)number,
                1 => $"{number}",
                2 => number / 3.0,
                _ => number % 8 == 3,
            };
        }
        return row;
    }
}
