using System.Runtime.CompilerServices;

namespace Grap.Bolt.Wire;

/// <summary>
/// Requests and their replies over one link, in order. Knows how many replies are owed, which is what makes RESET,
/// cancellation and dropping a result safe: the connection is clean again exactly when the last reply owed has come.
/// </summary>
internal sealed class Channel : IDisposable
{
    /// <summary>How long a cancelled call waits for the server's answer to RESET before it closes the connection;
    /// Ctrl+C is to work within a second altogether.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromMilliseconds(750);

    private const int MessageBytes = 4096;

    private enum Phase { Idle, Writing, Reading }

    private readonly Link _link;
    private NativeBuffer _message = new(MessageBytes);
    private readonly ITimer _graceTimer;
    private readonly object _gate = new();

    // Guarded by the gate: a cancellation comes from another thread.
    private Phase _phase;
    private bool _interrupted;
    private bool _isGrace;
    private Task _resetSent = Task.CompletedTask;
    private int _owed;

    public Channel(Link link, TimeProvider time)
    {
        _link = link;
        _graceTimer = time.CreateTimer(
            static channel => ((Channel)channel!).EndGrace(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Told of every failure that the server answers and of the connection's loss; for routing.</summary>
    public Action<BoltException>? Failed { get; set; }

    public bool IsOpen => _link.IsOpen;

    /// <summary>Sets a lower limit than that of the connection for the messages to come, or lifts it.</summary>
    public void LimitMessages(int bytes) => _link.LimitMessages(bytes);

    /// <summary>Whether replies are owed, so that no new request may rely on the next reply being its own.</summary>
    public bool IsOwed => _owed > 0;

    /// <summary>Whether something has come that nobody asked for, which for an idle connection is mostly its
    /// end.</summary>
    public bool HasNews => _link.HasNews;

    /// <summary>Sends a message, or keeps it to be sent together with the next.</summary>
    /// <param name="first">What comes first.</param>
    /// <param name="cancellation">Interrupts.</param>
    /// <param name="second">What follows.</param>
    /// <param name="third">What comes last.</param>
    /// <param name="flush">False to wait for the next one.</param>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> first, CancellationToken cancellation,
        ReadOnlyMemory<byte> second = default, ReadOnlyMemory<byte> third = default, bool flush = true)
    {
        Enter(Phase.Writing);
        var watch = Watch(cancellation);
        try
        {
            _owed++;
            await _link.WriteAsync(first, second, third).ConfigureAwait(false);
            if (flush)
                await _link.FlushAsync().ConfigureAwait(false);
        }
        catch (BoltException) when (_interrupted)
        {
            // The server took no more of the message, so it was closed: reported below.
        }
        finally
        {
            watch.Dispose();
        }
        if (Leave())
        {
            if (!flush)
                await FlushQuietlyAsync().ConfigureAwait(false);
            lock (_gate)
                SendReset();
            await EndInterruptionAsync().ConfigureAwait(false);
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <summary>Takes the next message if it has been received already. Allocates nothing.</summary>
    public bool TryReceive(NativeBuffer message, out ReplyKind kind)
    {
        kind = default;
        try
        {
            if (!_link.TryRead(message))
                return false;
            kind = Count(message);
            return true;
        }
        catch (BoltException)
        {
            _link.Close();
            throw;
        }
    }

    /// <summary>Whether a whole message has been received already.</summary>
    public bool HasMessage() => _link.HasMessage();

    /// <summary>Receives the next message into <paramref name="message"/>, after what <see cref="TryReceive"/> has put
    /// there.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReplyKind> ReceiveAsync(NativeBuffer message, CancellationToken cancellation)
    {
        Enter(Phase.Reading);
        var watch = Watch(cancellation);
        ReplyKind kind = default;
        try
        {
            while (!_link.TryRead(message))
                await _link.FillAsync(message).ConfigureAwait(false);
            kind = Count(message);
        }
        catch (BoltException e)
        {
            _link.Close();
            if (!_interrupted)
            {
                Failed?.Invoke(e);
                throw;
            }
        }
        finally
        {
            watch.Dispose();
        }
        if (!Leave())
            return kind;
        await EndInterruptionAsync().ConfigureAwait(false);
        throw new OperationCanceledException(cancellation);
    }

    /// <summary>Receives a reply that is no record: the metadata of SUCCESS, or an exception for FAILURE, after which
    /// the connection has been RESET.</summary>
    public async ValueTask<Dictionary<string, object?>> ReceiveSuccessAsync(CancellationToken cancellation)
    {
        _message.Clear();
        return await ReceiveAsync(_message, cancellation).ConfigureAwait(false) switch
        {
            ReplyKind.Success => Metadata(_message),
            ReplyKind.Failure => throw await RecoverAsync(_message, cancellation).ConfigureAwait(false),
            var kind => throw OutOfTurn(kind),
        };
    }

    /// <summary>The map in a SUCCESS or FAILURE; a broken one breaks the connection.</summary>
    public Dictionary<string, object?> Metadata(NativeBuffer message)
    {
        try
        {
            return Message.MetadataOf(message);
        }
        catch (BoltException)
        {
            _link.Close();
            throw;
        }
    }

    /// <summary>After a FAILURE: takes the replies that the server ignores, RESETs, and returns the exception to
    /// throw. Where RESET does not succeed the connection is closed, and the exception is the same: what the server
    /// answered is known, a COMMIT that it refused too.</summary>
    public async ValueTask<BoltException> RecoverAsync(NativeBuffer failure, CancellationToken cancellation)
    {
        var exception = ServerFailure.From(Metadata(failure));
        Failed?.Invoke(exception);
        try
        {
            await ResetAsync(limit: null, cancellation).ConfigureAwait(false);
        }
        catch (BoltException)
        {
            _link.Close();
        }
        return exception;
    }

    /// <summary>Brings the connection back to where a new query can begin, ending whatever runs, a transaction
    /// included.</summary>
    /// <param name="limit">How long the server may take; null for no other limit than that for silence.</param>
    /// <param name="cancellation">Interrupts.</param>
    public async ValueTask ResetAsync(TimeSpan? limit, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (limit is { } time)
                BeginGrace(time);
            SendReset();
        }
        try
        {
            await DrainAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            LiftGrace();
        }
    }

    /// <summary>Lets go of memory that a large message took, before a time of idleness.</summary>
    public void Trim()
    {
        if (_message.Capacity <= 16 * MessageBytes)
            return;
        _message.Dispose();
        _message = new NativeBuffer(MessageBytes);
    }

    /// <summary>Tells the server goodbye, if that can be done at once, and closes.</summary>
    public async ValueTask CloseAsync()
    {
        if (_link.IsOpen)
        {
            lock (_gate)
                BeginGrace(_grace);
            await _link.SendNowAsync(Message.ChunkedGoodbye).ConfigureAwait(false);
        }
        Dispose();
    }

    /// <summary>Closes at once; a call that waits fails. Safe from any thread.</summary>
    public void Abort() => _link.Close();

    public void Dispose()
    {
        _link.Dispose();
        _graceTimer.Dispose();
        _message.Dispose();
    }

    /// <summary>A message that the state of the conversation does not allow.</summary>
    public BoltException OutOfTurn(ReplyKind kind)
    {
        _link.Close();
        return new BoltException(BoltErrorKind.ProtocolViolation, $"The server sent {kind} out of turn.");
    }

    private ReplyKind Count(NativeBuffer message)
    {
        var kind = Message.KindOf(message);
        if (kind == ReplyKind.Record)
            return kind;
        lock (_gate)
            _owed--;
        return kind;
    }

    /// <summary>Takes all replies owed. The last one answers RESET.</summary>
    private async ValueTask DrainAsync(CancellationToken cancellation)
    {
        var kind = ReplyKind.Success;
        while (_owed > 0)
        {
            _message.Clear();
            kind = await ReceiveAsync(_message, cancellation).ConfigureAwait(false);
        }
        if (kind != ReplyKind.Success)
            throw OutOfTurn(kind);
    }

    private CancellationTokenRegistration Watch(CancellationToken cancellation) =>
        cancellation.UnsafeRegister(static channel => ((Channel)channel!).Interrupt(), this);

    private void Enter(Phase phase)
    {
        lock (_gate)
            _phase = phase;
    }

    private bool Leave()
    {
        lock (_gate)
        {
            _phase = Phase.Idle;
            return _interrupted;
        }
    }

    /// <summary>Called by the canceller. While a reply is awaited RESET goes out at once, past everything; while a
    /// request is being written it follows the request. Should neither get through in time, the connection is
    /// closed.</summary>
    private void Interrupt()
    {
        lock (_gate)
        {
            if (_phase == Phase.Idle || _interrupted)
                return;
            _interrupted = true;
            BeginGrace(_grace);
            if (_phase == Phase.Reading)
                SendReset();
        }
    }

    private void SendReset()
    {
        _owed++;
        _resetSent = _link.SendNowAsync(Message.ChunkedReset);
    }

    /// <summary>Takes the replies owed after RESET, until the grace ends. Afterwards the connection is clean or
    /// closed.</summary>
    private async ValueTask EndInterruptionAsync()
    {
        try
        {
            _interrupted = false;
            await _resetSent.ConfigureAwait(false);
            await DrainAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (BoltException)
        {
            // The connection is closed; the caller is told of the cancellation that was asked for.
            _link.Close();
        }
        finally
        {
            LiftGrace();
        }
    }

    /// <summary>From now on the connection has so long until it is closed. Under the gate.</summary>
    private void BeginGrace(TimeSpan time)
    {
        _isGrace = true;
        _graceTimer.Change(time, Timeout.InfiniteTimeSpan);
    }

    private void LiftGrace()
    {
        lock (_gate)
            _isGrace = false;
        _graceTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    // A timer that was stopped may be on its way nevertheless, and must not close what is in use again by then.
    private void EndGrace()
    {
        lock (_gate)
        {
            if (_isGrace)
                _link.Close();
        }
    }

    private async ValueTask FlushQuietlyAsync()
    {
        try
        {
            await _link.FlushAsync().ConfigureAwait(false);
        }
        catch (BoltException)
        {
            _link.Close(); // As above.
        }
    }
}
