using System.Buffers;
using Grap.Archives;
using Grap.Bolt.PackStream;

namespace Grap.Graphs;

/// <summary>Does something with many ranges, several at once.</summary>
internal static class RangeReading
{
    /// <summary>Calls <paramref name="work"/> once for every range, <paramref name="parallelism"/> at a time, from the
    /// thread pool. What fails first stops the others and is thrown.</summary>
    public static Task ForEachAsync(
        IEnumerable<long> ranges, int parallelism, Func<long, CancellationToken, ValueTask> work,
        CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            ranges,
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation },
            work);

    /// <summary>Reads all of a source, several ranges at once.</summary>
    public static Task ReadAllAsync(
        this IGraphSource source, BlockKind kind, Func<GraphPart, ValueTask> take, CancellationToken cancellation) =>
        ForEachAsync(
            source.Ranges(kind), source.Parallelism,
            async (firstId, stop) => await source.ReadAsync(kind, firstId, take, stop).ConfigureAwait(false),
            cancellation);

    /// <summary>Reads one range and hands over only the elements that are wanted; a part without any is passed
    /// over.</summary>
    public static Task ReadSelectedAsync(
        this IGraphSource source, BlockKind kind, long firstId, WantsNode wantsNode,
        WantsRelationship wantsRelationship, Func<GraphPart, ValueTask> take, CancellationToken cancellation)
    {
        var kept = new ArrayBufferWriter<byte>();
        return source.ReadAsync(kind, firstId, part =>
        {
            kept.ResetWrittenCount();
            var content = part.Content.Span;
            var reader = new PackStreamReader(content);
            while (!reader.AtEnd)
            {
                var start = reader.Position;
                if (kind == BlockKind.Nodes
                    ? wantsNode(NodeElement.Read(content, ref reader))
                    : wantsRelationship(RelationshipElement.Read(content, ref reader)))
                    kept.Write(content[start..reader.Position]);
            }
            return kept.WrittenCount == 0 ? ValueTask.CompletedTask : take(new GraphPart(part.Key, kept.WrittenMemory));
        }, cancellation);
    }

    /// <summary>Whether a node is wanted.</summary>
    public delegate bool WantsNode(NodeElement node);

    /// <summary>Whether a relationship is wanted.</summary>
    public delegate bool WantsRelationship(RelationshipElement relationship);
}
