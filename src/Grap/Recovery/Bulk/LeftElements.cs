using Grap.Archives;
using Grap.Graphs;

namespace Grap.Recovery.Bulk;

/// <summary>The elements of a graph that an import left. Does not own the graph.</summary>
internal sealed class LeftElements(IGraphSource source, CsvGraph imported) : IGraphSource
{
    public string Name => source.Name;
    public GraphSchema Schema => source.Schema;
    public int Parallelism => source.Parallelism;

    public long Count(BlockKind kind) => Of(kind).Count;

    public IEnumerable<long> Ranges(BlockKind kind)
    {
        var ranges = Of(kind).Select(static id => id - (id % BlockKey.RangeLength)).ToHashSet();
        return source.Ranges(kind).Where(ranges.Contains);
    }

    public Task ReadAsync(BlockKind kind, long firstId, Func<GraphPart, ValueTask> take, CancellationToken cancellation)
    {
        var left = Of(kind);
        return source.ReadSelectedAsync(
            kind, firstId, node => left.Contains(node.Id), relationship => left.Contains(relationship.Id), take,
            cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IReadOnlySet<long> Of(BlockKind kind) =>
        kind == BlockKind.Nodes ? imported.LeftNodes : imported.LeftRelationships;
}
