using Grap.Health;
using Grap.Schedules;
using Grap.Schemas;

namespace Grap.Jobs;

/// <summary>Checks, for a job's metrics, the database that it backs up.</summary>
public static class JobHealth
{
    // What the default of HealthOptions leaves of its 26 hours.
    private static readonly TimeSpan s_taking = TimeSpan.FromHours(2);

    /// <summary>Checks as <see cref="HealthCheck"/> does. Throws <see cref="GrapException"/> where the declared schema
    /// cannot be read.</summary>
    /// <param name="options">The job.</param>
    /// <param name="target">Its database and repository.</param>
    /// <param name="cancellation">Stops it.</param>
    public static Task<HealthReport> CheckAsync(
        BackupJobOptions options, HealthTarget target, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new HealthCheck(OptionsFor(options, DateTimeOffset.UtcNow)).RunAsync(target, cancellation);
    }

    internal static HealthOptions OptionsFor(BackupJobOptions options, DateTimeOffset now)
    {
        var usual = new HealthOptions();
        var age = options.Schedule is { } schedule
            ? Max(usual.MaxBackupAge, SinceDue(schedule, options.TimeZone, now))
            : usual.MaxBackupAge;
        return usual with
        {
            Schema = options.SchemaFile is { } file ? DeclaredSchema.Load(file) : null,
            MaxBackupAge = age,
            MaxProofAge = Max(usual.MaxProofAge, age),
        };
    }

    /// <summary>How long ago the newest time of the schedule was whose backup must be there; zero where there was none
    /// in years. A weekly job is not unhealthy on every day but one.</summary>
    private static TimeSpan SinceDue(CronSchedule schedule, TimeZoneInfo zone, DateTimeOffset now)
    {
        var due = now - s_taking;
        for (var days = 1; days <= 2048; days *= 2)
        {
            DateTimeOffset? newest = null;
            var next = schedule.Next(due.AddDays(-days), zone);
            for (; next <= due; next = schedule.Next(next.Value, zone))
                newest = next;
            if (newest is { } found)
                return now - found;
        }
        return TimeSpan.Zero;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
