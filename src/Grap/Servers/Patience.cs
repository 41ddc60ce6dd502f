namespace Grap.Servers;

/// <summary>Longer and longer pauses from one arrival to the next: how long to wait for a server that went
/// away.</summary>
internal sealed class Patience
{
    // About 30 s in all: a server that is started again is back by then.
    private static readonly TimeSpan[] s_forRestart = Pauses(0.1, 0.5, 1, 2, 4, 8, 8, 8);

    private static readonly TimeSpan[] s_forConnection = Pauses(0.1, 0.5);

    private readonly TimeSpan[] _pauses;
    private int _used;

    private Patience(TimeSpan[] pauses) => _pauses = pauses;

    /// <summary>Enough for a server that is started again.</summary>
    public static Patience ForRestart() => new(s_forRestart);

    /// <summary>Enough for a connection that was cut while the server runs; one that is down is given up within a
    /// second.</summary>
    public static Patience ForConnection() => new(s_forConnection);

    /// <summary>The next pause; null when there have been enough.</summary>
    public TimeSpan? Next() => _used < _pauses.Length ? _pauses[_used++] : null;

    /// <summary>Begins anew, after something arrived.</summary>
    public void Renew() => _used = 0;

    private static TimeSpan[] Pauses(params double[] seconds) => [.. seconds.Select(TimeSpan.FromSeconds)];
}
