using Grap.Archives;
using Grap.Archives.Columns;

namespace Grap.Graphs;

/// <summary>Reads a whole graph from wherever it is and says what it is: counts, fingerprint, dangling ends.</summary>
internal static class SourceDigest
{
    /// <summary>Reads all of <paramref name="source"/>. Memory: 8 to 10 bytes a node, and a part per reader.</summary>
    /// <param name="source">The graph.</param>
    /// <param name="progress">Told the share of elements that were read; from any thread.</param>
    /// <param name="cancellation">Stops between two parts.</param>
    /// <exception cref="GrapException">The source is damaged or cannot be reached;
    /// <see cref="GrapCondition.GraphInconsistent"/>: it contradicts itself.</exception>
    public static async Task<GraphDigest> ReadAsync(
        IGraphSource source, IProgress<double>? progress, CancellationToken cancellation)
    {
        var digest = new GraphDigest();
        var total = Math.Max(1, source.Count(BlockKind.Nodes) + source.Count(BlockKind.Relationships));
        var done = 0L;
        await ForEachAsync(BlockKind.Nodes, digest.AddNodes).ConfigureAwait(false);
        digest.CompleteNodes();
        await ForEachAsync(BlockKind.Relationships, digest.AddRelationships).ConfigureAwait(false);
        return digest;

        Task ForEachAsync(BlockKind kind, AddPart add)
        {
            var parallel = new ParallelOptions
            {
                MaxDegreeOfParallelism = source.Parallelism,
                CancellationToken = cancellation,
            };
            return Parallel.ForEachAsync(source.Ranges(kind), parallel, async (firstId, stopping) =>
                await source.ReadAsync(kind, firstId, part =>
                {
                    var read = add(part.Key, part.Content.Span, part.Layout);
                    progress?.Report((double)Interlocked.Add(ref done, read) / total);
                    return ValueTask.CompletedTask;
                }, stopping).ConfigureAwait(false));
        }
    }

    private delegate int AddPart(BlockKey key, ReadOnlySpan<byte> content, ContentLayout? layout);
}
