using Grap.Backups;
using Grap.Health;
using Grap.Retention;
using Grap.Schedules;

namespace Grap.Jobs;

/// <summary>What a job does.</summary>
public sealed record BackupJobOptions
{
    /// <summary>The job's name: several may work on one repository, one after the other.</summary>
    public string Name { get; init; } = "backup";

    /// <summary>The database's name; null where it is not known before the server was reached.</summary>
    public string? Database { get; init; }

    /// <summary>The kind of backup.</summary>
    public BackupOptions Backup { get; init; } = new();

    /// <summary>The level that each backup is proven to.</summary>
    public VerificationLevel Verify { get; init; } = VerificationLevel.Structure;

    /// <summary>How often a backup is proven by restoring it; zero for never.</summary>
    public TimeSpan RestoreProofEvery { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Which backups are kept.</summary>
    public RetentionPolicy Retention { get; init; } = new() { Days = 30 };

    /// <summary>How often the others are removed; zero for never.</summary>
    public TimeSpan RetentionEvery { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The file that gets the metrics, an absolute path; null for none.</summary>
    public string? MetricFile { get; init; }

    /// <summary>The last health known, which the metrics keep until the run has checked it anew; null for
    /// none.</summary>
    public HealthReport? LastHealth { get; init; }

    /// <summary>The file that declares the schema, an absolute path, read at each check of health; null to compare the
    /// schema with that of the last proven backup.</summary>
    public string? SchemaFile { get; init; }

    /// <summary>Asked for (GET) after a success; null for nothing. A secret.</summary>
    public Uri? Heartbeat { get; init; }

    /// <summary>How long its answer may take.</summary>
    public TimeSpan HeartbeatLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When the job is meant to run; null where nobody said. Runs that were missed are told.</summary>
    public CronSchedule? Schedule { get; init; }

    /// <summary>Whose days the schedule means.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Local;

    /// <summary>Make the repository where there is none. Otherwise its absence is a failure: the folder of a disk that
    /// is not mounted looks just like a new one.</summary>
    public bool CreateRepository { get; init; }

    /// <summary>Whether the database is to show what the journal says.</summary>
    public bool Projects { get; init; } = true;

    /// <summary>Called where the backup, its proof and retention succeeded; null for nothing.</summary>
    public Func<BackupJobResult, Task>? OnSuccess { get; init; }

    /// <summary>Called where one of them failed; null for nothing.</summary>
    public Func<BackupJobResult, Task>? OnFailure { get; init; }
}
