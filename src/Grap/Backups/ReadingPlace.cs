using System.Globalization;
using Grap.Archives;
using Grap.Bolt;

namespace Grap.Backups;

/// <summary>How far one block has been read, and what to ask next.</summary>
internal abstract class ReadingPlace(BlockKind kind)
{
    /// <summary>Nodes or relationships.</summary>
    protected BlockKind Kind => kind;

    /// <summary>Whether everything has been read.</summary>
    public abstract bool AtEnd { get; }

    /// <summary>The first id that has not been read.</summary>
    protected abstract long NextId { get; }

    /// <summary>The next query, and how many ids each of its rows covers: at most <paramref name="step"/>, a power of
    /// two.</summary>
    public abstract (BoltQuery Query, int Step) Next(ElementQueries queries, int step);

    /// <summary>Takes note of a row that has been read.</summary>
    public abstract void MoveBehind(long begin, int step);

    /// <summary>For messages: <c>node id 4096</c>.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture, $"{(kind == BlockKind.Nodes ? "node" : "relationship")} id {NextId}");
}

/// <summary>A place in a range of ids that is read id by id, in rows that tile it.</summary>
internal sealed class RangePlace(BlockKind kind, long first, long end) : ReadingPlace(kind)
{
    // Until rows have their size, ask for few of them, so that the size can follow.
    private const int RowsWhileLearning = 8;

    // From here on, one query for all that is left.
    private const int LearnedStep = 512;

    private long _next = first;

    /// <inheritdoc/>
    public override bool AtEnd => _next >= end;

    /// <inheritdoc/>
    protected override long NextId => _next;

    /// <inheritdoc/>
    public override (BoltQuery Query, int Step) Next(ElementQueries queries, int step)
    {
        var (stop, fitting) = Tile(step);
        return (queries.Range(Kind, _next, stop, fitting), fitting);
    }

    /// <inheritdoc/>
    public override void MoveBehind(long begin, int step) => _next = begin + step;

    /// <summary>Where the next query ends, exclusive, and the step of its rows. A step must divide the place where its
    /// row begins. Where the one that is wanted does not, smaller ones lead to where a larger one does; without that,
    /// reading would go on in the smallest step to the end of the range.</summary>
    internal (long Stop, int Step) Tile(int wanted)
    {
        var step = wanted;
        while (_next % step != 0)
            step /= 2;
        var stop = step < wanted ? NextMultiple(Math.Min(wanted, step * RowsWhileLearning))
            : step >= LearnedStep ? end
            : _next + ((long)step * RowsWhileLearning);
        return (Math.Min(stop, end), step);
    }

    private long NextMultiple(int step) => (_next / step * step) + step;
}

/// <summary>A place in a list of ids.</summary>
internal sealed class ListPlace(BlockKind kind, ReadOnlyMemory<long> ids) : ReadingPlace(kind)
{
    private ReadOnlyMemory<long> _left = ids;

    /// <inheritdoc/>
    public override bool AtEnd => _left.IsEmpty;

    /// <inheritdoc/>
    protected override long NextId => _left.IsEmpty ? -1 : _left.Span[0];

    /// <inheritdoc/>
    public override (BoltQuery Query, int Step) Next(ElementQueries queries, int step)
    {
        var count = Math.Min(step, _left.Length);
        return (queries.List(Kind, _left.Span[..count]), count);
    }

    /// <inheritdoc/>
    public override void MoveBehind(long begin, int step) => _left = _left[step..];
}
