using System.Globalization;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.Health;

/// <summary>Runs checks one after the other, each within its own time. What one of them does, or fails to do, is its
/// own result and nothing to the next.</summary>
/// <param name="address">The server's address, for messages.</param>
/// <param name="time">The clock.</param>
/// <param name="cancellation">Stops everything.</param>
internal sealed class TierRunner(string address, TimeProvider time, CancellationToken cancellation)
{
    // For a check that was told to stop and still has a connection to close.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs a check. One that does not end in its time has failed; one that does not even stop then is left to
    /// itself.</summary>
    public async Task<HealthTier> RunAsync(
        string name, TimeSpan limit, Func<CancellationToken, Task<TierFinding>> check)
    {
        var began = time.GetTimestamp();
        var finding = await FindAsync(limit, check).ConfigureAwait(false);
        return new HealthTier
        {
            Name = name,
            Status = finding.Status,
            Message = finding.Message,
            Findings = finding.Findings,
            Duration = time.GetElapsedTime(began),
            Limit = limit,
        };
    }

    private async Task<TierFinding> FindAsync(TimeSpan limit, Func<CancellationToken, Task<TierFinding>> check)
    {
        cancellation.ThrowIfCancellationRequested();
        var limited = new CancellationTokenSource(limit, time);
        var stopping = CancellationTokenSource.CreateLinkedTokenSource(limited.Token, cancellation);
        var work = Task.Run(() => check(stopping.Token), CancellationToken.None);
        _ = work.ContinueWith(
            static (ended, sources) =>
            {
                // What a check says that nobody waits for any more.
                _ = ended.Exception;
                foreach (var source in (CancellationTokenSource[])sources!)
                    source.Dispose();
            },
            new[] { stopping, limited }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        try
        {
            return await work.WaitAsync(limit + s_grace, time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return TimedOut(limit);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return TimedOut(limit);
        }
        catch (BoltException failure)
        {
            return TierFinding.Fail(ServerFailure.From(failure, address).Message);
        }
        catch (GrapException failure)
        {
            return TierFinding.Fail(failure.Message);
        }
    }

    private static TierFinding TimedOut(TimeSpan limit) => TierFinding.Fail(
        string.Create(CultureInfo.InvariantCulture, $"Not done within {limit.TotalSeconds:0.###} s"));
}
