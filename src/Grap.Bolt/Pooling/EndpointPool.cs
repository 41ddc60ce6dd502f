using Grap.Bolt.Wire;

namespace Grap.Bolt.Pooling;

/// <summary>
/// The connections to one server. A slot is taken before anything else and given back last, whatever happens in
/// between, so that no cancellation and no failure can lose one.
/// </summary>
internal sealed class EndpointPool(BoltEndpoint endpoint, Login login, BoltSettings settings) : IDisposable
{
    private static readonly TimeSpan _resetLimit = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _slots = new(settings.MaxConnections);
    private readonly CancellationTokenSource _closing = new();

    // Guarded by itself. The last one used is the first one taken, so that surplus ones grow old and are seen to be.
    private readonly Stack<(Conversation Conversation, long Since)> _idle = new();
    private readonly HashSet<Conversation> _lent = [];
    private bool _closed;

    public BoltEndpoint Endpoint => endpoint;

    /// <summary>How many connections are lent.</summary>
    public int Lent
    {
        get
        {
            lock (_idle)
                return _lent.Count;
        }
    }

    public async ValueTask<Conversation> AcquireAsync(CancellationToken cancellation)
    {
        await TakeSlotAsync(cancellation).ConfigureAwait(false);
        try
        {
            while (TryTakeIdle(out var conversation, out var since))
            {
                if (await IsUsableAsync(conversation, since, cancellation).ConfigureAwait(false)
                    && TryLend(conversation))
                    return conversation;
            }
            var opened = await login.OpenAsync(endpoint, cancellation).ConfigureAwait(false);
            return TryLend(opened) ? opened : throw Disposed();
        }
        catch
        {
            _slots.Release();
            throw;
        }
    }

    /// <summary>Takes a connection back.</summary>
    /// <param name="conversation">The connection.</param>
    /// <param name="busy">Whether something may still run on it.</param>
    public async ValueTask ReturnAsync(Conversation conversation, bool busy)
    {
        try
        {
            if (busy && conversation.Channel.IsOpen)
                await conversation.Channel.ResetAsync(_resetLimit, CancellationToken.None).ConfigureAwait(false);
        }
        catch (BoltException)
        {
            conversation.Channel.Abort(); // Not clean in time: not used again.
        }
        finally
        {
            if (!TryKeep(conversation))
                await conversation.Channel.CloseAsync().ConfigureAwait(false);
            _slots.Release();
        }
    }

    /// <summary>Closes the idle connections, and lent ones when they come back: the server no longer accepts how they
    /// were authenticated.</summary>
    public void Renew()
    {
        lock (_idle)
        {
            while (_idle.TryPop(out var idle))
                idle.Conversation.Channel.Dispose();
            foreach (var conversation in _lent)
                conversation.IsStale = true;
        }
    }

    /// <summary>Closes every connection; a call that waits on one of them fails.</summary>
    public void Dispose()
    {
        lock (_idle)
        {
            _closed = true;
            foreach (var conversation in _lent)
                conversation.Channel.Abort();
        }
        _closing.Cancel();
    }

    /// <summary>Says goodbye on the idle connections.</summary>
    public async ValueTask CloseIdleAsync()
    {
        while (TryTakeIdle(out var conversation, out _))
            await conversation.Channel.CloseAsync().ConfigureAwait(false);
    }

    private async ValueTask TakeSlotAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_slots.Wait(0, CancellationToken.None))
            return;
        using var limit = new CancellationTokenSource(settings.AcquireTimeout, settings.Time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation, _closing.Token);
        try
        {
            await _slots.WaitAsync(any.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_closing.IsCancellationRequested)
                throw Disposed();
            throw new BoltException(BoltErrorKind.PoolExhausted,
                $"All {settings.MaxConnections} connections to {endpoint} stayed in use for "
                + $"{settings.AcquireTimeout.TotalSeconds:0.###} s.", e);
        }
    }

    private async ValueTask<bool> IsUsableAsync(Conversation conversation, long since, CancellationToken cancellation)
    {
        var channel = conversation.Channel;
        if (!channel.HasNews && settings.Time.GetElapsedTime(since) < settings.LivenessCheckAfter)
            return true;
        try
        {
            await channel.ResetAsync(_resetLimit, cancellation).ConfigureAwait(false);
            if (channel.IsOpen)
                return true;
            channel.Dispose(); // Its time was over when the last reply was here already.
            return false;
        }
        catch (BoltException)
        {
            channel.Dispose(); // It died while idle: the next one is tried.
            return false;
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    private bool TryTakeIdle(out Conversation conversation, out long since)
    {
        lock (_idle)
        {
            var any = _idle.TryPop(out var idle);
            (conversation, since) = idle;
            return any;
        }
    }

    private bool TryLend(Conversation conversation)
    {
        lock (_idle)
        {
            if (!_closed)
                return _lent.Add(conversation);
        }
        conversation.Channel.Dispose();
        return false;
    }

    private bool TryKeep(Conversation conversation)
    {
        lock (_idle)
        {
            _lent.Remove(conversation);
            if (_closed || conversation.IsStale || !conversation.Channel.IsOpen)
                return false;
            conversation.Channel.Trim();
            _idle.Push((conversation, settings.Time.GetTimestamp()));
            return true;
        }
    }

    private static ObjectDisposedException Disposed() => new(nameof(BoltDriver));
}
