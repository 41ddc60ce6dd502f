namespace Grap.Schedules;

/// <summary>The schedulers that a kind of system can have.</summary>
public static class Schedulers
{
    /// <summary>Those of this system, the usual one first. Whether they are installed is asked of each.</summary>
    /// <param name="commands">Runs their commands.</param>
    /// <param name="principal">With whose rights tasks of Task Scheduler run.</param>
    public static IReadOnlyList<IScheduler> OfSystem(
        ICommandRunner commands, SchedulePrincipal principal = SchedulePrincipal.CurrentUser)
    {
        if (OperatingSystem.IsWindows())
            return [new WindowsTaskScheduler(
                commands, principal, $@"{Environment.UserDomainName}\{Environment.UserName}")];
        var cron = new CronScheduler(commands);
        return OperatingSystem.IsLinux() ? [SystemdScheduler.OfProcess(commands), cron] : [cron];
    }

    /// <summary>The one of a kind, or the first that is there. Throws <see cref="GrapException"/> with
    /// SchedulerUnavailable.</summary>
    public static IScheduler Choose(IReadOnlyList<IScheduler> schedulers, SchedulerKind? kind)
    {
        ArgumentNullException.ThrowIfNull(schedulers);
        var chosen = kind is { } wanted
            ? schedulers.FirstOrDefault(scheduler => scheduler.Kind == wanted)
            : schedulers.FirstOrDefault(static scheduler => scheduler.IsPresent);
        return chosen ?? throw new GrapException(GrapCondition.SchedulerUnavailable,
            kind is null
                ? "Neither systemd nor cron nor Task Scheduler can be used here."
                : $"This system has no {kind}.",
            "Install cron, or run Invoke-GrapBackupJob -Schedule, which needs no scheduler.", kind);
    }
}
