namespace Grap.Schedules;

/// <summary>A schedule as a scheduler has it.</summary>
public sealed record RegisteredSchedule
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }
    /// <summary>The scheduler that has it.</summary>
    public required SchedulerKind Scheduler { get; init; }
    /// <summary>When it runs, as a cron expression.</summary>
    public required string Cron { get; init; }
    /// <summary>Whether the scheduler runs it.</summary>
    public bool Enabled { get; init; } = true;
    /// <summary>The program, an absolute path.</summary>
    public required string Program { get; init; }
    /// <summary>Its arguments.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }
    /// <summary>Where the scheduler keeps it: a file, or a task's path.</summary>
    public required string Source { get; init; }
    /// <summary>The repository that it backs up to; null where its command does not say.</summary>
    public string? Repository { get; init; }
    /// <summary>When it runs next, by this machine's clock and time zone.</summary>
    public IReadOnlyList<DateTimeOffset> NextRuns { get; init; } = [];
}

/// <summary>What runs things by time on a machine.</summary>
public enum SchedulerKind
{
    /// <summary>The user's table of cron (<c>crontab</c>).</summary>
    Cron,
    /// <summary>A timer of systemd: the user's, or the machine's for root.</summary>
    Systemd,
    /// <summary>Windows' Task Scheduler.</summary>
    TaskScheduler,
}
