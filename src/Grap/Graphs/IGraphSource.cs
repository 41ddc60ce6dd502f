using Grap.Archives;
using Grap.Archives.Columns;

namespace Grap.Graphs;

/// <summary>
/// A graph that can be read, wherever it is: in a running server, in a logical archive, or in a physical one through a
/// scratch server. Its elements come in aligned ranges of 65,536 ids, as the bytes that archives keep
/// (<see cref="NodeElement"/>, <see cref="RelationshipElement"/>), so that two graphs can be gone through side by side.
/// </summary>
public interface IGraphSource : IAsyncDisposable
{
    /// <summary>For messages: <c>backup 'nightly'</c>, or an address and database.</summary>
    string Name { get; }

    /// <summary>What it declares.</summary>
    GraphSchema Schema { get; }

    /// <summary>The database that it is, or that it was read from: only elements of one database can be told by their
    /// ids. Null where that is not known.</summary>
    Guid? DatabaseId => null;

    /// <summary>What is known of its content without reading it; null for nothing.</summary>
    GraphSummary? Summary => null;

    /// <summary>How many ranges are worth reading at once.</summary>
    int Parallelism { get; }

    /// <summary>How many elements it says it has; for progress, not for proof.</summary>
    long Count(BlockKind kind);

    /// <summary>The first ids of the ranges that may hold elements, rising.</summary>
    IEnumerable<long> Ranges(BlockKind kind);

    /// <summary>A hash of all bytes that <see cref="ReadAsync"/> would tell of a range: where two graphs have the same, the
    /// range is the same in both. Null where it is not known without reading.</summary>
    UInt128? HashOf(BlockKind kind, long firstId) => null;

    /// <summary>
    /// Reads the range that begins at <paramref name="firstId"/>: calls <paramref name="take"/> with one part of it after
    /// the other, ids rising. A part holds 4 MiB at most, or a single larger element; its memory is valid until the call
    /// returns. Safe to call for several ranges at once.
    /// </summary>
    /// <exception cref="GrapException">The source is damaged, or cannot be reached any more.</exception>
    Task ReadAsync(BlockKind kind, long firstId, Func<GraphPart, ValueTask> take, CancellationToken cancellation);

    /// <summary>Whether everything that was read is the state after one transaction. Call it after reading.</summary>
    ValueTask<bool> IsOneStateAsync(CancellationToken cancellation) => new(true);
}

/// <summary>What all elements of a graph come to.</summary>
/// <param name="Counts">How many of what.</param>
/// <param name="Fingerprint">Order-independent hash of the content, 32 hexadecimal digits.</param>
public sealed record GraphSummary(GraphCounts Counts, string Fingerprint);

/// <summary>One part of a range.</summary>
/// <param name="Key">Which part.</param>
/// <param name="Content">Its elements, one directly after the other.</param>
public readonly record struct GraphPart(BlockKey Key, ReadOnlyMemory<byte> Content)
{
    /// <summary>Where its elements and values are, if that is known.</summary>
    internal ContentLayout? Layout { get; init; }
}
