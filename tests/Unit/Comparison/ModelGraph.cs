using System.Collections.Concurrent;
using System.IO.Hashing;
using Grap.Archives;
using Grap.Archives.Columns;
using Grap.Graphs;
using Grap.Tests.Unit.Graphs;

namespace Grap.Tests.Unit.Comparison;

/// <summary>A graph in memory, as the bytes of its elements by id.</summary>
internal sealed class ModelGraph : IGraphSource
{
    private const int ElementsPerPart = 3;

    public SortedDictionary<long, byte[]> Nodes { get; init; } = [];
    public SortedDictionary<long, byte[]> Relationships { get; init; } = [];

    public string Name => "model";
    public GraphSchema Schema { get; init; } = new();
    public Guid? DatabaseId { get; init; } = Guid.Empty;
    public int Parallelism => 2;

    /// <summary>Whether it tells a hash of each range.</summary>
    public bool KnowsHashes { get; init; }

    /// <summary>Whether it tells where the elements of each part are.</summary>
    public bool KnowsLayouts { get; init; }

    /// <summary>Parts that were handed over and not given back yet.</summary>
    public int Lent;

    /// <summary>The ranges that were read.</summary>
    public ConcurrentBag<(BlockKind Kind, long FirstId)> Read { get; } = [];

    public long Count(BlockKind kind) => Of(kind).Count;

    public IEnumerable<long> Ranges(BlockKind kind) =>
        Of(kind).Keys.Select(static id => id / BlockKey.RangeLength * BlockKey.RangeLength).Distinct();

    public UInt128? HashOf(BlockKind kind, long firstId) => KnowsHashes
        ? XxHash128.HashToUInt128(ElementBytes.Join([.. In(kind, firstId)]))
        : null;

    public async Task ReadAsync(
        BlockKind kind, long firstId, Func<GraphPart, ValueTask> take, CancellationToken cancellation)
    {
        Read.Add((kind, firstId));
        foreach (var (number, content) in In(kind, firstId).Chunk(ElementsPerPart).Index())
        {
            Interlocked.Increment(ref Lent);
            try
            {
                await take(new GraphPart(new BlockKey(kind, firstId, number), ElementBytes.Join(content))
                {
                    Layout = KnowsLayouts ? LayoutOf(content) : null,
                });
            }
            finally
            {
                Interlocked.Decrement(ref Lent);
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Random elements over a few ranges of ids, with gaps.</summary>
    public static ModelGraph Random(Random random)
    {
        var graph = new ModelGraph { KnowsLayouts = random.Next(2) == 0 };
        for (var left = random.Next(40); left > 0; left--)
            graph.Nodes[RandomId(random)] = [];
        foreach (var id in graph.Nodes.Keys.ToList())
            graph.Nodes[id] = ElementBytes.Node(id, Labels(random), Properties(random));
        var nodes = graph.Nodes.Keys.ToList();
        for (var left = nodes.Count == 0 ? 0 : random.Next(40); left > 0; left--)
        {
            var id = RandomId(random);
            graph.Relationships[id] = ElementBytes.Relationship(
                id, nodes[random.Next(nodes.Count)], nodes[random.Next(nodes.Count)], $"T{random.Next(2)}",
                Properties(random));
        }
        return graph;
    }

    private static ContentLayout LayoutOf(byte[][] elements)
    {
        var layout = new ContentLayout();
        layout.Begin([], elements.Length, 0, out _, out var ends, out _);
        var at = 0;
        for (var i = 0; i < elements.Length; i++)
            ends[i] = at += elements[i].Length;
        layout.End(0);
        return layout;
    }

    private IEnumerable<byte[]> In(BlockKind kind, long firstId) => Of(kind)
        .Where(e => e.Key >= firstId && e.Key < firstId + BlockKey.RangeLength).Select(static e => e.Value);

    private SortedDictionary<long, byte[]> Of(BlockKind kind) => kind == BlockKind.Nodes ? Nodes : Relationships;

    private static long RandomId(Random random) => (random.Next(3) * (long)BlockKey.RangeLength) + random.Next(12);

    private static string[] Labels(Random random) => [.. new[] { "A", "B", "C" }.Where(_ => random.Next(2) == 0)];

    private static (string, object?)[] Properties(Random random) =>
        [.. new[] { "p", "q" }.Where(_ => random.Next(2) == 0).Select(key => (key, (object?)(long)random.Next(3)))];
}
