namespace Grap.OnlineCopy;

/// <summary>The times that Neo4j writes into its files.</summary>
internal static class Moments
{
    private static readonly long s_first = DateTimeOffset.UnixEpoch.ToUnixTimeMilliseconds();
    private static readonly long s_last = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>The time of a number of milliseconds since 1970; null for one that no clock shows.</summary>
    public static DateTimeOffset? FromMillis(long millis) =>
        millis >= s_first && millis <= s_last ? DateTimeOffset.FromUnixTimeMilliseconds(millis) : null;
}
