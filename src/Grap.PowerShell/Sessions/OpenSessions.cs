using System.Collections.Concurrent;
using Grap.Servers;

namespace Grap.PowerShell.Sessions;

/// <summary>
/// The sessions that <c>New-GrapSession</c> opened and nobody removed yet. The list belongs to the process, as the
/// connections do: one load context serves all runspaces, and a session opened in one of them can be listed and removed
/// in another. No command ever picks a session from here by itself; a session is used when it is named.
/// </summary>
internal sealed class OpenSessions
{
    private readonly ConcurrentDictionary<int, Session> _sessions = new();

    private OpenSessions() { }

    /// <summary>Those of this process.</summary>
    public static OpenSessions OfProcess { get; } = new();

    /// <summary>All, oldest first.</summary>
    public IReadOnlyList<Session> List() =>
        [.. _sessions.Values.Where(session => session.IsOpen).OrderBy(session => session.Number)];

    /// <summary>The session of this number, or null.</summary>
    public Session? Find(int number) => _sessions.GetValueOrDefault(number);

    /// <summary>Keeps a session listed.</summary>
    public void Add(Session session) => _sessions[session.Number] = session;

    /// <summary>Closes a session and forgets it.</summary>
    public async ValueTask RemoveAsync(Session session)
    {
        _sessions.TryRemove(session.Number, out _);
        await session.DisposeAsync().ConfigureAwait(false);
    }
}
