using System.Globalization;

namespace Grap.Jobs;

/// <summary>Tells a watcher, who raises the alarm when nothing comes, that a job succeeded.</summary>
internal static class Heartbeat
{
    /// <summary>Asks for the address. Throws <see cref="GrapException"/> with ServerUnavailable; the address, which
    /// works like a password, is in no message but for its host.</summary>
    public static async Task<string> SendAsync(Uri address, TimeSpan limit, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = limit };
        try
        {
            using var answer = await client.GetAsync(address, cancellation).ConfigureAwait(false);
            return answer.IsSuccessStatusCode
                ? $"{address.Host} was told"
                : throw NotTold(address, string.Create(
                    CultureInfo.InvariantCulture, $"it answered {(int)answer.StatusCode}"), null);
        }
        catch (HttpRequestException failure)
        {
            throw NotTold(address, failure.HttpRequestError.ToString(), failure);
        }
        catch (TaskCanceledException failure) when (!cancellation.IsCancellationRequested)
        {
            throw NotTold(address, "it did not answer in time", failure);
        }
    }

    private static GrapException NotTold(Uri address, string why, Exception? inner) => new(
        GrapCondition.ServerUnavailable, $"The heartbeat at {address.Host} was not told: {why}.",
        "Check GRAP_HEARTBEAT_URL, and the way from this machine to it.", address.Host, inner);
}
