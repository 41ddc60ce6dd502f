namespace Grap.Servers;

/// <summary>Longer and longer pauses, about 30 s in all, from one arrival to the next: how long to wait for a server
/// that went away.</summary>
internal sealed class Patience
{
    private static readonly TimeSpan[] s_pauses =
        [.. new[] { 0.1, 0.5, 1, 2, 4, 8, 8, 8 }.Select(TimeSpan.FromSeconds)];

    private int _used;

    /// <summary>The next pause; null when there have been enough.</summary>
    public TimeSpan? Next() => _used < s_pauses.Length ? s_pauses[_used++] : null;

    /// <summary>Begins anew, after something arrived.</summary>
    public void Renew() => _used = 0;
}
