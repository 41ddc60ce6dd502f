using System.Buffers;
using Grap.Archives;
using Grap.Bolt.PackStream;
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
        var kept = new ArrayBufferWriter<byte>();
        return source.ReadAsync(kind, firstId, part =>
        {
            kept.ResetWrittenCount();
            Select(kind, part.Content.Span, left, kept);
            return kept.WrittenCount == 0 ? ValueTask.CompletedTask : take(new GraphPart(part.Key, kept.WrittenMemory));
        }, cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IReadOnlySet<long> Of(BlockKind kind) =>
        kind == BlockKind.Nodes ? imported.LeftNodes : imported.LeftRelationships;

    private static void Select(
        BlockKind kind, ReadOnlySpan<byte> content, IReadOnlySet<long> left, ArrayBufferWriter<byte> kept)
    {
        var reader = new PackStreamReader(content);
        while (!reader.AtEnd)
        {
            var start = reader.Position;
            var id = kind == BlockKind.Nodes
                ? NodeElement.Read(content, ref reader).Id
                : RelationshipElement.Read(content, ref reader).Id;
            if (left.Contains(id))
                kept.Write(content[start..reader.Position]);
        }
    }
}
