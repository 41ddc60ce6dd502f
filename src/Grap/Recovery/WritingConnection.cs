using Grap.Backups;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.Recovery;

/// <summary>A connection to the server that takes writes, opened again when it is lost.</summary>
internal sealed class WritingConnection(Session session) : IAsyncDisposable
{
    private readonly Patience _patience = Patience.ForRestart();
    private BoltConnection? _current;

    /// <summary>The connection, opened now where there is none.</summary>
    public async ValueTask<BoltConnection> GetAsync(CancellationToken cancellation)
    {
        if (_current is { IsOpen: true } open)
            return open;
        await CloseAsync().ConfigureAwait(false);
        return _current = await session.ConnectAsync(BoltAccessMode.Write, cancellation).ConfigureAwait(false);
    }

    /// <summary>The server's name for the connection; null where there is none.</summary>
    public string? Id => _current?.Server.ConnectionId;

    /// <summary>Rolls back what is open on it.</summary>
    public async ValueTask RollbackAsync(CancellationToken cancellation)
    {
        if (_current is { IsOpen: true } open)
            await open.RollbackAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Says that something was done: the next loss is met with all patience again.</summary>
    public void Arrived() => _patience.Renew();

    /// <summary>Waits after a loss; throws it when there has been enough waiting.</summary>
    public async Task PauseAsync(BoltException loss, CancellationToken cancellation)
    {
        await CloseAsync().ConfigureAwait(false);
        await Task.Delay(_patience.Next() ?? throw loss, cancellation).ConfigureAwait(false);
    }

    /// <summary>Does something that may be done twice, again and again where the connection is lost meanwhile, or where
    /// the server says that it may succeed later.</summary>
    public async Task<T> AskAsync<T>(Func<BoltConnection, Task<T>> question, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var answer = await question(await GetAsync(cancellation).ConfigureAwait(false)).ConfigureAwait(false);
                Arrived();
                return answer;
            }
            catch (BoltException failure) when (ReadingConnection.IsLoss(failure) || failure.IsRetriable)
            {
                await PauseAsync(failure, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync();

    private async ValueTask CloseAsync()
    {
        var closing = _current;
        _current = null;
        if (closing is not null)
            await closing.DisposeAsync().ConfigureAwait(false);
    }
}
