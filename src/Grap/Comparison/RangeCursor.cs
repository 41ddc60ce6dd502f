using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Comparison;

/// <summary>Goes through the elements of one range of a source, one at a time, and holds no more than one part of
/// it.</summary>
internal sealed class RangeCursor : IAsyncDisposable
{
    private readonly Channel<(GraphPart Part, TaskCompletionSource Done)> _parts =
        Channel.CreateBounded<(GraphPart, TaskCompletionSource)>(1);
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Task _reading;
    private TaskCompletionSource? _done;
    private GraphPart _part;

    // The current element: which of the part's, and where.
    private int _number;
    private int _start;
    private int _end;

    /// <summary>Begins to read.</summary>
    /// <param name="source">Whose elements.</param>
    /// <param name="kind">Which kind.</param>
    /// <param name="firstId">The range; null for one without elements.</param>
    /// <param name="cancellation">Stops reading.</param>
    public RangeCursor(IGraphSource source, BlockKind kind, long? firstId, CancellationToken cancellation)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _reading = firstId is { } first ? Task.Run(() => ReadAsync(source, kind, first), CancellationToken.None) : Task.CompletedTask;
        if (firstId is null)
            _parts.Writer.Complete();
    }

    /// <summary>Whether there is a current element.</summary>
    public bool HasCurrent => _end > _start;

    /// <summary>Id of the current element.</summary>
    public long Id { get; private set; }

    /// <summary>The current element's bytes.</summary>
    public ReadOnlyMemory<byte> Current => _part.Content[_start.._end];

    // The current element and all after it in its part.
    private ReadOnlySpan<byte> Rest => _part.Content.Span[_start..];

    /// <summary>Moves to the next element, within the part where there is one.</summary>
    public ValueTask MoveAsync()
    {
        (_start, _number) = (_end, _number + 1);
        return TryRead() ? ValueTask.CompletedTask : new ValueTask(NextPartAsync());
    }

    /// <summary>Moves behind the current part.</summary>
    public ValueTask SkipPartAsync()
    {
        _start = _end = _part.Content.Length;
        return new ValueTask(NextPartAsync());
    }

    /// <summary>Moves both on as long as their elements have the same bytes, but behind the last of neither part. False, and
    /// both stay, where all that is left of their parts is the same.</summary>
    public static bool TrySkipEqual(RangeCursor one, RangeCursor other)
    {
        var left = one.Rest;
        var right = other.Rest;
        var same = left.CommonPrefixLength(right);
        if (same == left.Length && same == right.Length)
            return false;
        // Where all bytes are the same, so are the elements: only one side is gone through.
        var first = one._start;
        var count = one.SkipTo(first + Math.Min(same, Math.Min(left.Length, right.Length) - 1));
        other._start += one._start - first;
        other._number += count;
        other.TryRead();
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _disposed.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _disposed.Dispose();
    }

    /// <summary>Moves on to the first element that does not end at <paramref name="last"/> or before, and returns by how
    /// many. There is one.</summary>
    private int SkipTo(int last)
    {
        var before = _number;
        var ends = _part.Layout is { } layout ? layout.ElementEnds : [];
        // Columns may have been cut elsewhere.
        if (_number < ends.Length && ends[_number] == _end)
        {
            // What is between is not looked at, which took 90 ns for each element of 70 bytes.
            var found = ends[_number..].BinarySearch(last + 1);
            _number += found < 0 ? ~found : found;
            if (_number > before)
                _start = ends[_number - 1];
            TryRead();
        }
        for (; _end <= last; _number++)
        {
            _start = _end;
            TryRead();
        }
        return _number - before;
    }

    private bool TryRead()
    {
        if (_start >= _part.Content.Length)
            return false;
        var reader = new PackStreamReader(Rest);
        Id = Elements.SkipElement(ref reader, out _);
        _end = _start + reader.Position;
        return true;
    }

    private async Task NextPartAsync()
    {
        _done?.TrySetResult();
        (_done, _part, _number, _start, _end) = (null, default, 0, 0, 0);
        while (await _parts.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
        {
            if (!_parts.Reader.TryRead(out var next))
                continue;
            (_part, _done) = next;
            if (TryRead())
                return;
            _done.TrySetResult();
        }
        await _reading.ConfigureAwait(false);
    }

    private async Task ReadAsync(IGraphSource source, BlockKind kind, long firstId)
    {
        try
        {
            await source.ReadAsync(kind, firstId, HandOverAsync, _stop.Token).ConfigureAwait(false);
        }
        finally
        {
            _parts.Writer.Complete();
        }
    }

    // The part's memory is the source's again when this returns: so not before whoever goes through it is done, even where
    // somebody stops all.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask HandOverAsync(GraphPart part)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _parts.Writer.WriteAsync((part, done), _stop.Token).ConfigureAwait(false);
        await done.Task.WaitAsync(_disposed.Token).ConfigureAwait(false);
    }
}
