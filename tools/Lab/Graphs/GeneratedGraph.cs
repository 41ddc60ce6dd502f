using Properties = System.Collections.Generic.Dictionary<string, object?>;

namespace Grap.Lab.Graphs;

/// <summary>A graph of any size, the same for the same size and seed: a few labels, skewed degrees, and every
/// hundredth node with one property of every type.</summary>
public static class GeneratedGraph
{
    private const int RelationshipsPerNode = 2;
    private const int EveryTypeOn = 100;
    private static readonly string[][] s_labels =
        [["Person"], ["Person", "Author"], ["Book"], ["Place"], ["Thing", "Rare"]];

    private static readonly string[] s_types = ["KNOWS", "WROTE", "LIVES_IN", "NEAR"];

    // Texts are made of words, and numbers are measured to a few digits, as in most databases: they compress as such
    // data does.
    private static readonly string[] s_words = (
        "amber anchor autumn basalt beacon birch canyon cedar cobalt copper delta ember fjord garnet glacier harbour "
        + "hazel indigo island juniper lantern maple meadow mistral north opal orchard pebble quarry raven river "
        + "saffron silver summit tidal tundra umber valley velvet willow winter zephyr").Split(' ');

    /// <summary>Loads <paramref name="size"/> nodes and twice as many relationships, and a schema.</summary>
    public static async Task LoadAsync(GraphLoader loader, int size, int seed)
    {
        await loader.RunAsync("CREATE CONSTRAINT person_number FOR (p:Person) REQUIRE p.number IS UNIQUE");
        await loader.RunAsync("CREATE RANGE INDEX place_name FOR (p:Place) ON (p.name)");
        var random = new Random(seed);
        var ids = new List<long>(size);
        for (var kind = 0; kind < s_labels.Length; kind++)
        {
            var first = (long)size * kind / s_labels.Length;
            var end = (long)size * (kind + 1) / s_labels.Length;
            ids.AddRange(await loader.CreateNodesAsync(s_labels[kind], Nodes(first, end, random)));
        }
        if (size == 0)
            return;

        var total = (long)size * RelationshipsPerNode;
        for (var kind = 0; kind < s_types.Length; kind++)
        {
            var first = total * kind / s_types.Length;
            var end = total * (kind + 1) / s_types.Length;
            await loader.CreateRelationshipsAsync(s_types[kind], Relationships(first, end, ids, random));
        }
        await loader.AwaitIndexesAsync();
    }

    private static IEnumerable<Properties> Nodes(long first, long end, Random random)
    {
        for (var number = first; number < end; number++)
        {
            var row = new Properties
            {
                ["number"] = number,
                ["name"] = Words(random, 2),
                ["score"] = Math.Round(random.NextDouble() * 100, 2),
                ["active"] = random.Next(2) == 0,
                ["rank"] = random.NextInt64(1_000_000),
                ["note"] = random.Next(4) == 0 ? "" : Words(random, random.Next(1, 9)),
            };
            if (number % EveryTypeOn == 0)
            {
                foreach (var (key, value) in PropertyValues.OneOfEach(number))
                    row[key] = value;
            }
            yield return row;
        }
    }

    private static string Words(Random random, int count) =>
        string.Join(' ', Enumerable.Range(0, count).Select(_ => s_words[random.Next(s_words.Length)]));

    // Squaring a random fraction crowds one end: a few nodes have very many relationships.
    private static IEnumerable<RelationshipRow> Relationships(long first, long end, List<long> ids, Random random)
    {
        for (var number = first; number < end; number++)
        {
            var fraction = random.NextDouble();
            yield return new RelationshipRow(
                ids[random.Next(ids.Count)],
                ids[(int)(fraction * fraction * ids.Count)],
                new Properties
                {
                    ["since"] = 1900 + random.NextInt64(125),
                    ["weight"] = Math.Round(random.NextDouble(), 3),
                });
        }
    }
}
