using Grap.Schedules;

namespace Grap.PowerShell.Schedules;

/// <summary>What the commands about schedules share.</summary>
internal static class ScheduleCommands
{
    private const int NextRuns = 3;

    /// <summary>Runs the schedulers' commands.</summary>
    public static ICommandRunner Runner { get; } = new CommandRunner();

    /// <summary>Grap's schedules in those schedulers of this system that are there.</summary>
    public static IEnumerable<(IScheduler Scheduler, RegisteredSchedule Schedule)> List(SchedulerKind? kind) =>
        from scheduler in Schedulers.OfSystem(Runner)
        where kind is null ? scheduler.IsPresent : scheduler.Kind == kind
        from schedule in scheduler.List()
        select (scheduler, Complete(schedule));

    /// <summary>Adds what its command and its expression say.</summary>
    public static RegisteredSchedule Complete(RegisteredSchedule schedule) => schedule with
    {
        Repository = JobScript.ReadRepository(schedule.Arguments),
        NextRuns = CronSchedule.Parse(schedule.Cron).NextRuns(DateTimeOffset.Now, NextRuns, TimeZoneInfo.Local),
    };
}
