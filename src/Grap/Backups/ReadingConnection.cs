using System.Collections.Concurrent;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>A connection to the one server that a backup reads from, opened again when it is lost.</summary>
internal sealed class ReadingConnection : IAsyncDisposable
{
    private static readonly TimeSpan[] s_pauses =
        [.. new[] { 0.1, 0.5, 1, 2, 4, 8, 8, 8 }.Select(TimeSpan.FromSeconds)];

    private readonly Session _session;
    private readonly ConcurrentQueue<string> _notes;

    private ReadingConnection(Session session, BoltConnection connection, ConcurrentQueue<string> notes)
    {
        _session = session;
        _notes = notes;
        Current = connection;
        Endpoint = connection.Server.Endpoint;
    }

    /// <summary>The connection.</summary>
    public BoltConnection Current { get; private set; }

    /// <summary>The server that all connections of a backup go to.</summary>
    public BoltEndpoint Endpoint { get; }

    /// <summary>Opens a connection to <paramref name="pin"/>, or to a server that routing chooses.</summary>
    public static async Task<ReadingConnection> OpenAsync(
        Session session, BoltEndpoint? pin, ConcurrentQueue<string> notes, CancellationToken cancellation) =>
        new(session, await session.ConnectAsync(BoltAccessMode.Read, cancellation, pin).ConfigureAwait(false), notes);

    /// <summary>Whether the connection, not the work, is what failed.</summary>
    public static bool IsLoss(BoltException failure) => failure.Kind
        is BoltErrorKind.ConnectionLost or BoltErrorKind.TimedOut or BoltErrorKind.Unreachable or BoltErrorKind.Refused;

    /// <summary>Keeps a sentence for the manifest.</summary>
    public void Note(string note)
    {
        // A server that fails all the time must not make the manifest endless.
        if (_notes.Count < 100)
            _notes.Enqueue(note);
    }

    /// <summary>Opens the connection again, patiently; throws <paramref name="cause"/>'s kind when the server stays away.</summary>
    public async Task ReopenAsync(BoltException cause, CancellationToken cancellation)
    {
        await Current.DisposeAsync().ConfigureAwait(false);
        foreach (var pause in s_pauses)
        {
            await Task.Delay(pause, cancellation).ConfigureAwait(false);
            try
            {
                Current = await _session.ConnectAsync(BoltAccessMode.Read, cancellation, Endpoint).ConfigureAwait(false);
                return;
            }
            catch (BoltException failure) when (IsLoss(failure))
            {
                cause = failure;
            }
        }
        throw cause;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Current.DisposeAsync();
}
