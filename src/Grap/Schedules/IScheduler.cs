namespace Grap.Schedules;

/// <summary>Something that runs commands by time. Failures are <see cref="GrapException"/>s with
/// SchedulerUnavailable.</summary>
public interface IScheduler
{
    /// <summary>Which one.</summary>
    SchedulerKind Kind { get; }

    /// <summary>Whether this machine has it.</summary>
    bool IsPresent { get; }

    /// <summary>Grap's schedules in it, by name. Those of others are never shown or touched.</summary>
    IReadOnlyList<RegisteredSchedule> List();

    /// <summary>What <see cref="Register"/> would write, for people to read. Throws NotSupported where the scheduler
    /// cannot
    /// express the schedule.</summary>
    string Describe(ScheduleDefinition schedule);

    /// <summary>Puts a schedule in, in place of one of the same name. Doing it again changes nothing.</summary>
    void Register(ScheduleDefinition schedule);

    /// <summary>Takes one out. False if there was none.</summary>
    bool Unregister(string name);
}
