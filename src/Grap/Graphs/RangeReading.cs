using Grap.Archives;

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
}
