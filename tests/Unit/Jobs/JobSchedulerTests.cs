using Grap.Jobs;
using Grap.Schedules;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Jobs;

public sealed class JobSchedulerTests
{
    private static readonly CronSchedule EverySixHours = CronSchedule.Parse("0 */6 * * *");

    private readonly FakeTime _time = new() { RunsByItself = true };
    private readonly List<DateTimeOffset> _runs = [];
    private readonly List<string> _told = [];
    private int _idle;

    [Fact]
    public async Task The_job_runs_when_its_schedule_says_and_not_at_the_start()
    {
        await RunAsync(lastRun: null, runs: 3);

        Assert.Equal([6, 12, 18], _runs.Select(static run => run.Hour));
        Assert.All(_runs, static run => Assert.Equal(0, run.Minute));
        Assert.Contains("The next run of schedule '0 */6 * * *' is at 2026-01-01 06:00:00", _told[0], StringComparison.Ordinal);
        Assert.Equal("Stopped.", _told[^1]);
        Assert.True(_idle >= 3 * 359);
    }

    [Fact]
    public async Task A_run_that_was_missed_while_nothing_ran_is_made_up_for_at_once()
    {
        await RunAsync(_time.GetUtcNow() - TimeSpan.FromHours(13), runs: 2);

        Assert.Equal([0, 6], _runs.Select(static run => run.Hour));
        Assert.Contains("overdue", _told[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_not_repeated_after_a_restart()
    {
        await RunAsync(_time.GetUtcNow() - TimeSpan.FromMinutes(5), runs: 1);

        Assert.Equal(6, Assert.Single(_runs).Hour);
    }

    [Fact]
    public async Task It_stops_at_once_while_it_waits()
    {
        using var stopping = new CancellationTokenSource();
        var scheduler = Scheduler(null, TimeProvider.System);
        var running = scheduler.RunAsync(() => Task.CompletedTask, stopping.Token);
        stopping.Cancel();
        await running.WaitAsync(TimeSpan.FromSeconds(1));
    }

    private async Task RunAsync(DateTimeOffset? lastRun, int runs)
    {
        using var stopping = new CancellationTokenSource();
        await Scheduler(lastRun, _time).RunAsync(() =>
        {
            _runs.Add(_time.GetUtcNow());
            if (_runs.Count == runs)
                stopping.Cancel();
            return Task.CompletedTask;
        }, stopping.Token);
    }

    private JobScheduler Scheduler(DateTimeOffset? lastRun, TimeProvider time) => new(
        EverySixHours, TimeZoneInfo.Utc, () => lastRun, (_, text) => _told.Add(text), () => _idle++, time);
}
