using System.Runtime.CompilerServices;
using Grap.Bolt.PackStream;
using Grap.Bolt.Wire;

namespace Grap.Bolt;

/// <summary>
/// The records of one query, one at a time. Disposing it early drops what is left, so that the connection can be used
/// again: an auto-commit query that only reads is RESET; any other is read to the end of its batch and the rest
/// discarded (DISCARD), since RESET would undo what it wrote or end its transaction. If the server does not let go of a
/// read within ten seconds the connection is closed. Disposing throws only where something could be lost: when a write
/// fails that was not read to its end.
/// </summary>
public sealed class BoltCursor : IAsyncDisposable
{
    private enum State
    {
        /// <summary>A PULL or DISCARD has been sent, and its end has not come.</summary>
        Streaming,
        /// <summary>The server has more and has not been asked for it.</summary>
        Paused,
        /// <summary>The end of the batch has been received, and not been acted upon.</summary>
        Ending,
        Ended,
    }

    /// <summary>How long a server may take to let go of a read. Seen: 5 s on a Neo4j 2026.08 that shared two busy cores
    /// with its client.</summary>
    private static readonly TimeSpan _resetLimit = TimeSpan.FromSeconds(10);

    private readonly BoltConnection _connection;
    private readonly Channel _channel;
    private readonly long _fetchSize;
    private readonly bool _canReset;
    private NativeBuffer? _buffer;
    private NativeBuffer? _end;
    private ReplyKind _endKind;
    private State _state = State.Streaming;
    private long _batch;
    private bool _hasRecord;

    internal BoltCursor(BoltConnection connection, BoltQuery query, Dictionary<string, object?> run, bool inTransaction)
    {
        _connection = connection;
        _channel = connection.Channel;
        _fetchSize = query.FetchSize;
        _canReset = !inTransaction && query.Mode == BoltAccessMode.Read;
        _buffer = connection.Buffers.Take();
        Fields = run.GetValueOrDefault("fields") is List<object?> fields
            ? fields.ConvertAll(field => field as string ?? "")
            : [];
    }

    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string> Fields { get; }

    /// <summary>The current record as the PackStream bytes of a list of its values. Valid until the next
    /// <see cref="ReadAsync"/>, unless taken.</summary>
    public ReadOnlyMemory<byte> Record => Current.WrittenMemory[Message.HeadBytes..];

    /// <summary>The current record decoded to .NET values.</summary>
    public object?[] Values
    {
        get
        {
            var reader = new PackStreamReader(Current.Written[Message.HeadBytes..]);
            var values = new object?[reader.ReadListHeader()];
            for (var i = 0; i < values.Length; i++)
                values[i] = reader.ReadValue();
            return values;
        }
    }

    /// <summary>Set once <see cref="ReadAsync"/> has returned false.</summary>
    public BoltSummary? Summary { get; private set; }

    private NativeBuffer Current => _hasRecord && _buffer is not null
        ? _buffer
        : throw new InvalidOperationException(
            "There is no current record: read first; a record that was taken is gone.");

    /// <summary>Moves to the next record. False at the end; then <see cref="Summary"/> is set.</summary>
    public ValueTask<bool> ReadAsync(CancellationToken cancellation = default)
    {
        _hasRecord = false;
        if (_state != State.Streaming)
            return ReadOnAsync(cancellation);
        var buffer = EmptyBuffer();
        // Most records are here already: then there is nothing to await, and nothing to allocate.
        if (cancellation.IsCancellationRequested || !TryReceive(buffer, out var kind))
            return ReceiveAsync(buffer, cancellation);
        if (kind != ReplyKind.Record)
            return EndBatchAsync(buffer, kind, cancellation);
        _hasRecord = true;
        return ++_batch == _fetchSize ? PullAheadAsync(cancellation) : new ValueTask<bool>(true);
    }

    /// <summary>Takes the buffer that holds <see cref="Record"/>, exactly (its <see cref="NativeBuffer.Written"/>
    /// begins with the message's head: use <paramref name="offset"/>); the caller disposes it or gives it back with
    /// <see cref="BoltConnection.Recycle"/>.</summary>
    public NativeBuffer TakeRecord(out int offset)
    {
        var buffer = Current;
        _buffer = null;
        _hasRecord = false;
        offset = Message.HeadBytes;
        return buffer;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await DropRestAsync().ConfigureAwait(false);
        }
        finally
        {
            _connection.Close(this);
        }
    }

    /// <summary>Gives up the buffers; the connection calls it, at the end or when it ends itself.</summary>
    internal void End()
    {
        _state = State.Ended;
        _hasRecord = false;
        if (_buffer is not null)
            _connection.Recycle(_buffer);
        _buffer = null;
        _end?.Dispose();
        _end = null;
    }

    private NativeBuffer EmptyBuffer()
    {
        var buffer = _buffer ??= _connection.Buffers.Take();
        buffer.Clear();
        return buffer;
    }

    private bool TryReceive(NativeBuffer buffer, out ReplyKind kind)
    {
        try
        {
            return _channel.TryReceive(buffer, out kind);
        }
        catch
        {
            Fail();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReceiveAsync(NativeBuffer buffer, CancellationToken cancellation)
    {
        ReplyKind kind;
        try
        {
            kind = await _channel.ReceiveAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch
        {
            Fail();
            throw;
        }
        if (kind != ReplyKind.Record)
            return await EndBatchAsync(buffer, kind, cancellation).ConfigureAwait(false);
        _hasRecord = true;
        return ++_batch != _fetchSize || await PullAheadAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Reads on where a batch has ended, or everything has.</summary>
    private async ValueTask<bool> ReadOnAsync(CancellationToken cancellation)
    {
        switch (_state)
        {
            case State.Ended when Summary is not null:
                return false;
            case State.Ended:
                throw new InvalidOperationException("The query failed, or was cancelled or disposed.");
            case State.Ending:
                return await EndBatchAsync(_end!, _endKind, cancellation).ConfigureAwait(false);
            default:
                await RequestAsync(_connection.Requests.Pull(_fetchSize), cancellation).ConfigureAwait(false);
                return await ReceiveAsync(EmptyBuffer(), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Acts upon what came after a batch's records, and reads on if there is more.</summary>
    private async ValueTask<bool> EndBatchAsync(NativeBuffer message, ReplyKind kind, CancellationToken cancellation)
    {
        await TakeEndAsync(message, kind, cancellation).ConfigureAwait(false);
        return _state == State.Paused && await ReadOnAsync(cancellation).ConfigureAwait(false);
    }

    private async ValueTask TakeEndAsync(NativeBuffer message, ReplyKind kind, CancellationToken cancellation)
    {
        try
        {
            if (kind == ReplyKind.Failure)
                throw await _channel.RecoverAsync(message, cancellation).ConfigureAwait(false);
            if (kind != ReplyKind.Success)
                throw _channel.OutOfTurn(kind);
            var metadata = _channel.Metadata(message);
            _state = State.Paused;
            if (!HasMore(metadata))
            {
                Summary = new BoltSummary
                {
                    Bookmark = metadata.GetValueOrDefault("bookmark") as string,
                    Metadata = metadata,
                };
                _connection.Close(this);
            }
        }
        catch
        {
            Fail();
            throw;
        }
    }

    /// <summary>After a batch's last record: if the server has said already that there is more, asks for it now, so
    /// that it works while the caller handles the record. (To ask before that is not allowed: at a result's end it
    /// would break the protocol.)</summary>
    private async ValueTask<bool> PullAheadAsync(CancellationToken cancellation)
    {
        if (!_channel.HasMessage())
            return true;
        _end ??= new NativeBuffer(512);
        _end.Clear();
        if (TryReceive(_end, out _endKind))
        {
            _state = State.Ending;
            if (_endKind == ReplyKind.Success && HasMore(_channel.Metadata(_end)))
                await RequestAsync(_connection.Requests.Pull(_fetchSize), cancellation).ConfigureAwait(false);
        }
        return true;
    }

    private async ValueTask RequestAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        try
        {
            await _channel.SendAsync(request, cancellation).ConfigureAwait(false);
            _state = State.Streaming;
            _batch = 0;
        }
        catch
        {
            Fail();
            throw;
        }
    }

    private async ValueTask DropRestAsync()
    {
        var none = CancellationToken.None;
        while (_state != State.Ended && _channel.IsOpen)
        {
            if (_state == State.Paused)
            {
                await RequestAsync(_connection.Requests.DiscardAll(), none).ConfigureAwait(false);
            }
            else if (_state == State.Ending)
            {
                await TakeEndAsync(_end!, _endKind, none).ConfigureAwait(false);
            }
            else if (_canReset && !_channel.HasMessage())
            {
                await ResetAsync().ConfigureAwait(false);
                return;
            }
            else
            {
                var buffer = EmptyBuffer();
                var kind = await _channel.ReceiveAsync(buffer, none).ConfigureAwait(false);
                if (kind != ReplyKind.Record)
                    await TakeEndAsync(buffer, kind, none).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask ResetAsync()
    {
        try
        {
            await _channel.ResetAsync(_resetLimit, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BoltException)
        {
            // Nobody waits for what a read left early had still to say: the connection is closed, and its next use says
            // so.
            _channel.Abort();
        }
    }

    private void Fail()
    {
        _connection.EndTransaction();
        _connection.Close(this);
    }

    private static bool HasMore(Dictionary<string, object?> metadata) => metadata.GetValueOrDefault("has_more") is true;
}
