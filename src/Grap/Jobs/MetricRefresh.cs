using Grap.Configuration;
using Grap.Health;
using Grap.Metrics;

namespace Grap.Jobs;

/// <summary>Writes a job's metrics between its runs, with the last health known. Health is checked anew every five
/// minutes, beside everything else: nobody waits for a check.</summary>
/// <param name="repository">The repository's path.</param>
/// <param name="file">The metrics' file, an absolute path.</param>
/// <param name="check">Checks health.</param>
/// <param name="tell">Takes what could not be done, each as a sentence.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">Ends a check that is under way.</param>
public sealed class MetricRefresh(
    string repository, string file, Func<CancellationToken, Task<HealthReport>> check, Action<LogLevel, string> tell,
    TimeProvider time, CancellationToken stopping)
{
    // Refreshes come every minute, and the fifth may come a moment before its time.
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(4.5);

    private readonly object _gate = new();
    private HealthReport? _health;
    private long? _checkedAt;
    private Task _checking = Task.CompletedTask;
    private string? _untold;
    private int _kept;

    /// <summary>The last health known; null for none.</summary>
    public HealthReport? Health
    {
        get
        {
            lock (_gate)
                return _health;
        }
    }

    /// <summary>The check under way, or the last one. Never fails.</summary>
    internal Task Checking
    {
        get
        {
            lock (_gate)
                return _checking;
        }
    }

    /// <summary>Takes what a run found, which is newer than what a check under way may find; null where the run could
    /// not check, which is then due.</summary>
    public void Keep(HealthReport? found)
    {
        lock (_gate)
        {
            _kept++;
            (_health, _untold) = (found, null);
            _checkedAt = found is null ? null : time.GetTimestamp();
        }
    }

    /// <summary>Writes the metrics, and begins to check health where that is due: the next refresh has what was
    /// found.</summary>
    public void Refresh()
    {
        var (health, untold) = Look();
        if (untold is not null)
            tell(LogLevel.Warn, untold);
        try
        {
            MetricFile.Write(file, MetricText.Write(MetricFacts.Read(repository) with { Health = health }));
        }
        catch (GrapException failure)
        {
            tell(LogLevel.Warn, failure.Message);
        }
    }

    private (HealthReport? Health, string? Untold) Look()
    {
        lock (_gate)
        {
            var known = (_health, _untold);
            _untold = null;
            if (_checking.IsCompleted && (_checkedAt is not { } last || time.GetElapsedTime(last) >= s_every))
            {
                _checkedAt = time.GetTimestamp();
                var kept = _kept;
                _checking = Task.Run(() => CheckAsync(kept), CancellationToken.None);
            }
            return known;
        }
    }

    private async Task CheckAsync(int kept)
    {
        HealthReport? found = null;
        string? untold = null;
        try
        {
            found = await check(stopping).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Told by the next refresh, on the thread that also writes the log of runs; after a stop there is none.
            untold = NotChecked(failure);
        }
        lock (_gate)
        {
            if (kept == _kept)
                (_health, _untold) = (found, untold);
        }
    }

    /// <summary>Why health is not in the metrics. Only Grap's own messages are known to hold no secret.</summary>
    internal static string NotChecked(Exception failure) => "Health is not in the metrics: " + (failure is GrapException
        ? failure.Message
        : $"the check ended with an unexpected {failure.GetType().Name}.");
}
