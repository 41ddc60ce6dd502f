using System.Collections.Concurrent;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>A connection to the one server that a backup reads from, opened again when it is lost.</summary>
internal sealed class ReadingConnection : IAsyncDisposable
{
    private readonly Session _session;
    private readonly ConcurrentQueue<string> _notes;
    private readonly Patience _patience;

    private ReadingConnection(Session session, BoltConnection connection, ConcurrentQueue<string> notes,
        Patience patience)
    {
        _session = session;
        _notes = notes;
        _patience = patience;
        Current = connection;
        Endpoint = connection.Server.Endpoint;
    }

    /// <summary>The connection.</summary>
    public BoltConnection Current { get; private set; }

    /// <summary>The server that all connections of a backup go to.</summary>
    public BoltEndpoint Endpoint { get; }

    /// <summary>Opens a connection to <paramref name="pin"/>, patiently, or to a server that routing chooses, at
    /// once.</summary>
    /// <param name="session">Where.</param>
    /// <param name="pin">The server; null for any.</param>
    /// <param name="notes">Takes the sentences for the manifest.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="patience">How a loss is met; null for as long as a restart of the server takes.</param>
    public static async Task<ReadingConnection> OpenAsync(
        Session session, BoltEndpoint? pin, ConcurrentQueue<string> notes, CancellationToken cancellation,
        Patience? patience = null)
    {
        patience ??= Patience.ForRestart();
        var connection = pin is null
            ? await session.ConnectAsync(BoltAccessMode.Read, cancellation).ConfigureAwait(false)
            : await ConnectAsync(session, pin, patience, null, cancellation).ConfigureAwait(false);
        return new ReadingConnection(session, connection, notes, patience);
    }

    /// <summary>Whether the connection, not the work, is what failed: it was lost, or the database behind it is
    /// starting or stopping.</summary>
    public static bool IsLoss(BoltException failure) => failure.Kind
        is BoltErrorKind.ConnectionLost or BoltErrorKind.TimedOut or BoltErrorKind.Unreachable or BoltErrorKind.Refused
        || ServerCodes.MeansDatabaseUnavailable(failure);

    /// <summary>Keeps a sentence for the manifest.</summary>
    public void Note(string note)
    {
        // A server that fails all the time must not make the manifest endless.
        if (_notes.Count < 100)
            _notes.Enqueue(note);
    }

    /// <summary>Says that something arrived: the next loss is met with all patience again.</summary>
    public void Arrived() => _patience.Renew();

    /// <summary>Asks something that may be asked twice; when the connection is lost meanwhile, asks again over a new
    /// one.</summary>
    public async Task<T> AskAsync<T>(Func<BoltConnection, Task<T>> question, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var answer = await question(Current).ConfigureAwait(false);
                Arrived();
                return answer;
            }
            catch (BoltException failure) when (IsLoss(failure))
            {
                await ReopenAsync(failure, cancellation).ConfigureAwait(false);
                Note($"A connection was lost ({failure.Kind}); what had been asked was asked again.");
            }
        }
    }

    /// <summary>Opens the connection again, patiently; throws <paramref name="cause"/>, or what came after it, when the
    /// server stays away, or when connections keep being lost before anything arrives.</summary>
    public async Task ReopenAsync(BoltException cause, CancellationToken cancellation)
    {
        await Current.DisposeAsync().ConfigureAwait(false);
        Current = await ConnectAsync(_session, Endpoint, _patience, cause, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Current.DisposeAsync();

    private static async Task<BoltConnection> ConnectAsync(
        Session session, BoltEndpoint endpoint, Patience patience, BoltException? cause, CancellationToken cancellation)
    {
        while (true)
        {
            if (cause is not null)
                await Task.Delay(patience.Next() ?? throw cause, cancellation).ConfigureAwait(false);
            try
            {
                return await session.ConnectAsync(BoltAccessMode.Read, cancellation, endpoint).ConfigureAwait(false);
            }
            catch (BoltException failure) when (IsLoss(failure))
            {
                cause = failure;
            }
        }
    }
}
