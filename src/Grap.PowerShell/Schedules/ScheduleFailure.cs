namespace Grap.PowerShell.Schedules;

/// <summary>What goes wrong with schedules as such.</summary>
internal static class ScheduleFailure
{
    /// <summary>There is none of this name.</summary>
    public static GrapException NotFound(string name) => new(GrapCondition.ScheduleNotFound,
        $"No schedule '{name}' is registered for this user.", "Get-GrapBackupSchedule lists those that are.", name);
}
