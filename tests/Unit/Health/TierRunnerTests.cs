using Grap.Bolt;
using Grap.Health;
using Xunit;

namespace Grap.Tests.Unit.Health;

/// <summary>Checks that do whatever a server may do to them, each within its own time.</summary>
public sealed class TierRunnerTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task A_check_in_time_says_what_it_found()
    {
        var tier = await RunAsync(_ => Task.FromResult(TierFinding.Warn("2 things", "one", "two")));
        Assert.Equal(("tier", TierStatus.Warn, "2 things", s_limit), (tier.Name, tier.Status, tier.Message, tier.Limit));
        Assert.Equal(["one", "two"], tier.Findings);
        Assert.InRange(tier.Duration, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_check_that_waits_for_ever_is_stopped_at_its_limit()
    {
        var stopped = new TaskCompletionSource();
        var tier = await RunAsync(async stopping =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, stopping);
            }
            finally
            {
                stopped.SetResult();
            }
            return TierFinding.Pass("never");
        });
        AssertTimedOut(tier);
        await stopped.Task;
    }

    [Fact]
    public async Task A_check_that_does_not_even_stop_is_left_to_itself()
    {
        var never = new TaskCompletionSource<TierFinding>();
        AssertTimedOut(await RunAsync(_ => never.Task));
        never.SetException(new InvalidOperationException("Nobody hears this."));
    }

    [Fact]
    public async Task A_check_that_blocks_its_thread_is_left_to_itself()
    {
        using var release = new ManualResetEventSlim();
        AssertTimedOut(await RunAsync(_ =>
        {
            release.Wait(CancellationToken.None);
            return Task.FromResult(TierFinding.Pass("late"));
        }));
        release.Set();
    }

    [Fact]
    public async Task What_the_server_has_against_it_is_the_message()
    {
        var wire = await RunAsync(_ => throw new BoltException(BoltErrorKind.Refused, "localhost:7687 refused the connection"));
        var known = await RunAsync(_ => throw new GrapException(GrapCondition.AuthenticationFailed, "Refused.", "Log in."));
        Assert.Equal((TierStatus.Fail, "localhost:7687 refused the connection"), (wire.Status, wire.Message));
        Assert.Equal((TierStatus.Fail, "Refused."), (known.Status, known.Message));
    }

    [Fact]
    public async Task The_next_check_runs_whatever_the_one_before_did()
    {
        var runner = new TierRunner("bolt://x", TimeProvider.System, CancellationToken.None);
        await runner.RunAsync("first", s_limit, async stopping =>
        {
            await Task.Delay(Timeout.Infinite, stopping);
            return TierFinding.Pass("never");
        });
        var second = await runner.RunAsync("second", s_limit, _ => Task.FromResult(TierFinding.Pass("here")));
        Assert.Equal(TierStatus.Pass, second.Status);
    }

    [Fact]
    public async Task Whoever_stops_everything_gets_no_result()
    {
        using var stop = new CancellationTokenSource();
        var runner = new TierRunner("bolt://x", TimeProvider.System, stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => runner.RunAsync("tier", TimeSpan.FromMinutes(1), async stopping =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, stopping);
            return TierFinding.Pass("never");
        }));
    }

    [Fact]
    public async Task A_fault_of_Grap_is_no_finding()
    {
        await Assert.ThrowsAsync<InvalidCastException>(() => RunAsync(_ => throw new InvalidCastException()));
    }

    private static void AssertTimedOut(HealthTier tier)
    {
        Assert.Equal((TierStatus.Fail, "Not done within 0.1 s"), (tier.Status, tier.Message));
        Assert.InRange(tier.Duration, TimeSpan.FromMilliseconds(90), TimeSpan.FromSeconds(10));
    }

    private static Task<HealthTier> RunAsync(Func<CancellationToken, Task<TierFinding>> check) =>
        new TierRunner("bolt://x", TimeProvider.System, CancellationToken.None).RunAsync("tier", s_limit, check);
}
