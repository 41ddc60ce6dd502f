namespace Grap.Schedules;

/// <summary>A job that is to run by itself.</summary>
/// <param name="Name">Letters, digits, <c>_</c> and <c>-</c>: the same on every system.</param>
/// <param name="Cron">When.</param>
/// <param name="Command">What.</param>
public sealed record ScheduleDefinition(string Name, CronSchedule Cron, ScheduledCommand Command);

/// <summary>A program and its arguments, one by one. Never a credential: everybody on a machine sees command
/// lines.</summary>
/// <param name="Program">Absolute path.</param>
/// <param name="Arguments">As the program is to get them.</param>
public sealed record ScheduledCommand(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>All words.</summary>
    public IEnumerable<string> Words => [Program, .. Arguments];
}

/// <summary>Whose rights a job has, where the scheduler can choose.</summary>
public enum SchedulePrincipal
{
    /// <summary>The user who registers it, logged on or not, without a stored password.</summary>
    CurrentUser,
    /// <summary>The system itself.</summary>
    System,
    /// <summary>The account LocalService of Windows: few rights, no network credentials.</summary>
    LocalService,
    /// <summary>The account NetworkService of Windows: few rights, the machine's network credentials.</summary>
    NetworkService,
}
