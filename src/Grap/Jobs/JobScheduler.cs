using System.Globalization;
using Grap.Configuration;
using Grap.Repositories;
using Grap.Schedules;

namespace Grap.Jobs;

/// <summary>Keeps a job in the foreground and runs it whenever its schedule says: for containers, in which nobody but
/// root can run cron.</summary>
/// <param name="schedule">When.</param>
/// <param name="zone">Whose days the schedule means.</param>
/// <param name="lastRun">When the job last began, asked for once; null for never.</param>
/// <param name="tell">Takes what happens between the runs, each as a sentence.</param>
/// <param name="idle">Called every minute between the runs.</param>
/// <param name="time">The clock.</param>
public sealed class JobScheduler(
    CronSchedule schedule, TimeZoneInfo zone, Func<DateTimeOffset?> lastRun, Action<LogLevel, string> tell,
    Action idle, TimeProvider time)
{
    // Also how late a run is at most after the machine slept or somebody set its clock.
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(1);

    /// <summary>Runs until it is cancelled, which is its regular end. A time that went by while nothing ran is made up
    /// for at once.</summary>
    public async Task RunAsync(Func<Task> run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            if (lastRun() is { } last && schedule.Next(last, zone) < time.GetUtcNow())
            {
                tell(LogLevel.Warn, $"A run of schedule '{schedule}' is overdue: it takes place now.");
                await run().ConfigureAwait(false);
            }
            while (!cancellation.IsCancellationRequested)
            {
                var next = schedule.Next(time.GetUtcNow(), zone)!.Value;
                tell(LogLevel.Info, string.Create(CultureInfo.InvariantCulture,
                    $"The next run of schedule '{schedule}' is at {next:yyyy-MM-dd HH:mm:ss zzz}."));
                await WaitAsync(next, cancellation).ConfigureAwait(false);
                await run().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The regular end.
        }
        tell(LogLevel.Info, "Stopped.");
    }

    private async Task WaitAsync(DateTimeOffset until, CancellationToken cancellation)
    {
        for (var left = until - time.GetUtcNow(); left > TimeSpan.Zero; left = until - time.GetUtcNow())
        {
            idle();
            await Task.Delay(left < s_look ? left : s_look, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>When a job last began in a repository; null for never, and where that cannot be read.</summary>
    public static DateTimeOffset? LastRun(string repository, string job)
    {
        try
        {
            return FolderRepository.TryOpen(repository) is { } opened
                ? JobHistory.Read(opened.Journal).LastOrDefault(run => run.Name == job && !run.Refused)?.StartedAt
                : null;
        }
        catch (GrapException)
        {
            // The run itself says what is wrong with the repository.
            return null;
        }
    }
}
