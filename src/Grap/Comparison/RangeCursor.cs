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
    private readonly Channel<(ReadOnlyMemory<byte> Content, TaskCompletionSource Done)> _parts =
        Channel.CreateBounded<(ReadOnlyMemory<byte>, TaskCompletionSource)>(1);
    private readonly CancellationTokenSource _stop;
    private readonly Task _reading;
    private TaskCompletionSource? _done;
    private ReadOnlyMemory<byte> _part;
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
    public ReadOnlyMemory<byte> Current => _part[_start.._end];

    /// <summary>The current element and all after it in its part.</summary>
    public ReadOnlySpan<byte> Rest => _part.Span[_start..];

    /// <summary>Moves to the next element, within the part where there is one.</summary>
    public ValueTask MoveAsync()
    {
        _start = _end;
        return TryRead() ? ValueTask.CompletedTask : new ValueTask(NextPartAsync());
    }

    /// <summary>Moves behind the current part.</summary>
    public ValueTask SkipPartAsync()
    {
        _start = _end = _part.Length;
        return new ValueTask(NextPartAsync());
    }

    /// <summary>Moves both on as long as their elements have the same bytes, within their parts, and returns by how
    /// many.</summary>
    public static int SkipEqual(RangeCursor one, RangeCursor other)
    {
        var count = 0;
        // Where all bytes are the same, so are the elements: only one side is gone through.
        var same = one.Rest.CommonPrefixLength(other.Rest);
        var (first, last) = (one._start, one._start + same);
        // The last of a part stays current: what follows must be waited for.
        for (; one._end <= last && one._end < one._part.Length && one._end - first < other.Rest.Length; count++)
        {
            one._start = one._end;
            one.TryRead();
        }
        other._start += one._start - first;
        other.TryRead();
        return count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _done?.TrySetCanceled(CancellationToken.None);
        // The part that nobody took.
        while (_parts.Reader.TryRead(out var part))
            part.Done.TrySetCanceled(CancellationToken.None);
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private bool TryRead()
    {
        if (_start >= _part.Length)
            return false;
        var reader = new PackStreamReader(_part.Span[_start..]);
        Id = Elements.SkipElement(ref reader, out _);
        _end = _start + reader.Position;
        return true;
    }

    private async Task NextPartAsync()
    {
        _done?.TrySetResult();
        (_done, _part, _start, _end) = (null, default, 0, 0);
        while (await _parts.Reader.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
        {
            if (!_parts.Reader.TryRead(out var next))
                continue;
            (_part, _done) = (next.Content, next.Done);
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

    // The part's memory is the source's again when this returns.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask HandOverAsync(BlockKey key, ReadOnlyMemory<byte> content)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _parts.Writer.WriteAsync((content, done), _stop.Token).ConfigureAwait(false);
        await done.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
    }
}
