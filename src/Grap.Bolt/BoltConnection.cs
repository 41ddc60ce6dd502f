using Grap.Bolt.Pooling;
using Grap.Bolt.Wire;

namespace Grap.Bolt;

/// <summary>
/// One connection to one server, used by one caller at a time, and by one cursor at a time. Cancelling any call sends
/// RESET on the same connection and waits up to a second for its answer; if none comes the connection is closed. Either
/// way the call throws <see cref="OperationCanceledException"/>, and whatever ran on the connection, a transaction
/// included, has ended. Disposing a connection gives it back to the pool of its <see cref="BoltDriver"/>, rolled back
/// if need be.
/// </summary>
public sealed class BoltConnection : IAsyncDisposable
{
    private readonly Conversation _conversation;
    private readonly EndpointPool _pool;
    private readonly BufferShelf _buffers = new();
    private BoltCursor? _cursor;
    private bool _inTransaction;
    private int _disposed;

    internal BoltConnection(Conversation conversation, EndpointPool pool, Action<BoltException>? failed)
    {
        _conversation = conversation;
        _pool = pool;
        Channel.Failed = failed;
    }

    /// <summary>The server.</summary>
    public BoltServer Server => _conversation.Server;

    /// <summary>False once the connection is lost or closed, or has been disposed.</summary>
    public bool IsOpen => _disposed == 0 && Channel.IsOpen;

    internal Channel Channel => _conversation.Channel;

    internal Requests Requests => _conversation.Requests;

    internal BufferShelf Buffers => _buffers;

    /// <summary>Runs a query: RUN and the first PULL in one go. After a FAILURE the connection is RESET by itself, and
    /// the exception is thrown here or from the cursor. Throws <see cref="InvalidOperationException"/> while another
    /// cursor is open.</summary>
    public async ValueTask<BoltCursor> RunAsync(BoltQuery query, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.FetchSize is 0 or < -1)
            throw new ArgumentException("FetchSize is -1 or at least 1.", nameof(query));
        BeginCall(cancellation);
        Channel.LimitMessages(query.MaxRecordBytes);
        try
        {
            var (first, parameters, last) = Requests.Run(query, _inTransaction);
            await Channel.SendAsync(first, cancellation, parameters, last, flush: false).ConfigureAwait(false);
            await Channel.SendAsync(Requests.Pull(query.FetchSize), cancellation).ConfigureAwait(false);
            var run = await Channel.ReceiveSuccessAsync(cancellation).ConfigureAwait(false);
            return _cursor = new BoltCursor(this, query, run, _inTransaction);
        }
        catch
        {
            // RESET or a closed connection has ended the transaction.
            _inTransaction = false;
            throw;
        }
    }

    /// <summary>Begins an explicit transaction; <paramref name="settings"/>' text and parameters are not
    /// used.</summary>
    public async ValueTask BeginAsync(BoltQuery settings, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        BeginCall(cancellation);
        if (_inTransaction)
            throw new InvalidOperationException("A transaction is open already.");
        await Channel.SendAsync(Requests.Begin(settings), cancellation).ConfigureAwait(false);
        await Channel.ReceiveSuccessAsync(cancellation).ConfigureAwait(false);
        _inTransaction = true;
    }

    /// <summary>Commits and returns the bookmark. After the server's FAILURE nothing was committed. When the connection
    /// is lost before the answer, the answer is none, or the call is cancelled, nobody can tell from here whether the
    /// commit happened; all but the last say so.</summary>
    public async ValueTask<string?> CommitAsync(CancellationToken cancellation = default)
    {
        BeginCall(cancellation);
        if (!_inTransaction)
            throw new InvalidOperationException("No transaction is open; a failed query ends its transaction.");
        _inTransaction = false;
        try
        {
            await Channel.SendAsync(Requests.Commit(), cancellation).ConfigureAwait(false);
            var reply = await Channel.ReceiveSuccessAsync(cancellation).ConfigureAwait(false);
            return reply.GetValueOrDefault("bookmark") as string;
        }
        catch (BoltException e) when (e.Kind is not (BoltErrorKind.ServerFailure or BoltErrorKind.AuthenticationFailed))
        {
            throw new BoltException(e.Kind, $"{e.Message} Whether the transaction was committed is not known.", e);
        }
    }

    /// <summary>Rolls back. Does nothing if the transaction has ended already, as it does when a query in it
    /// fails.</summary>
    public async ValueTask RollbackAsync(CancellationToken cancellation = default)
    {
        ThrowIfDisposed();
        if (!_inTransaction)
            return;
        _inTransaction = false;
        if (_cursor is not null)
        {
            // RESET rolls back too, and does not wait for the records that the cursor has not read.
            Close(_cursor);
            await Channel.ResetAsync(limit: null, cancellation).ConfigureAwait(false);
            return;
        }
        cancellation.ThrowIfCancellationRequested();
        await Channel.SendAsync(Requests.Rollback(), cancellation).ConfigureAwait(false);
        await Channel.ReceiveSuccessAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Gives back a buffer that was taken from a cursor, from any thread. After the connection has been
    /// disposed it just disposes the buffer.</summary>
    public void Recycle(NativeBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        _buffers.Put(buffer);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        var busy = _cursor is not null || _inTransaction || Channel.IsOwed;
        if (_cursor is not null)
            Close(_cursor);
        _buffers.Dispose();
        Channel.Failed = null;
        await _pool.ReturnAsync(_conversation, busy).ConfigureAwait(false);
    }

    /// <summary>Called by the cursor at its end, or in its place.</summary>
    internal void Close(BoltCursor cursor)
    {
        if (ReferenceEquals(_cursor, cursor))
            _cursor = null;
        cursor.End();
    }

    /// <summary>Called by the cursor when its query failed or was cancelled.</summary>
    internal void EndTransaction() => _inTransaction = false;

    private void BeginCall(CancellationToken cancellation)
    {
        ThrowIfDisposed();
        if (_cursor is not null)
            throw new InvalidOperationException(
                "Another cursor is open on this connection; read it to its end or dispose it.");
        cancellation.ThrowIfCancellationRequested();
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed != 0, this);
}
