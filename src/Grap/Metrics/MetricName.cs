namespace Grap.Metrics;

/// <summary>The names of the metrics (docs/metrics.md). Stable: dashboards and rules depend on them.</summary>
internal static class MetricName
{
    public const string Info = "grap_info";
    public const string RepositoryUp = "grap_repository_up";
    public const string JournalIntact = "grap_repository_journal_intact";
    public const string FreeBytes = "grap_repository_free_bytes";
    public const string Bytes = "grap_repository_backup_bytes";
    public const string Backups = "grap_backups";
    public const string LastSuccess = "grap_backup_last_success_timestamp_seconds";
    public const string LastDuration = "grap_backup_last_duration_seconds";
    public const string LastSize = "grap_backup_last_size_bytes";
    public const string LastRawSize = "grap_backup_last_raw_bytes";
    public const string LastNodes = "grap_backup_last_nodes";
    public const string LastRelationships = "grap_backup_last_relationships";
    public const string LastExact = "grap_backup_last_exact";
    public const string Proof = "grap_proof_last_success_timestamp_seconds";
    public const string JobSuccess = "grap_job_success";
    public const string JobExitCode = "grap_job_exit_code";
    public const string JobRunning = "grap_job_running";
    public const string JobStart = "grap_job_last_start_timestamp_seconds";
    public const string JobLastSuccess = "grap_job_last_success_timestamp_seconds";
    public const string JobDuration = "grap_job_duration_seconds";
    public const string JobMissed = "grap_job_missed_runs";
    public const string JobRefused = "grap_job_refused_runs";
    public const string JobInterrupted = "grap_job_interrupted_runs";
    public const string StepDuration = "grap_job_step_duration_seconds";
    public const string StepSuccess = "grap_job_step_success";
    public const string Retention = "grap_retention_last_success_timestamp_seconds";
    public const string HealthStatus = "grap_health_status";
    public const string HealthCheck = "grap_health_check_status";
    public const string HealthDuration = "grap_health_check_duration_seconds";

    /// <summary>Every name with its help.</summary>
    public static IReadOnlyList<(string Name, string Help)> All { get; } =
    [
        (Info, "The version of Grap that wrote this file; always 1."),
        (RepositoryUp, "Whether the repository could be read."),
        (JournalIntact, "Whether the hash chain of the repository's journal holds."),
        (FreeBytes, "Bytes that may still be written to the repository's disk."),
        (Bytes, "Bytes of all backups of a database."),
        (Backups, "Backups of a database by status."),
        (LastSuccess, "When the newest good backup was taken."),
        (LastDuration, "How long it took."),
        (LastSize, "Bytes of its archive."),
        (LastRawSize, "Bytes of its content before compression."),
        (LastNodes, "Nodes in it."),
        (LastRelationships, "Relationships in it."),
        (LastExact, "Whether it is exact, and not fuzzy."),
        (Proof, "When a good backup was last proven to this level or a higher one."),
        (JobSuccess, "Whether the newest run of a job that ended did everything that was due."),
        (JobExitCode, "The exit code of that run."),
        (JobRunning, "Whether a run of the job has begun and not ended."),
        (JobStart, "When the newest run began."),
        (JobLastSuccess, "When the newest run that succeeded ended."),
        (JobDuration, "How long the newest run that ended took."),
        (JobMissed, "Runs of the schedule that did not take place before the newest run."),
        (JobRefused, "Runs that were refused since another one was at work, of all that the journal knows."),
        (JobInterrupted, "Runs that left no end, of all that the journal knows."),
        (StepDuration, "How long a step of the newest run that ended took."),
        (StepSuccess, "Whether that step succeeded; absent where it was not due."),
        (Retention, "When retention was last applied by a job."),
        (HealthStatus, "1 for the status that the health check came to, 0 for the others."),
        (HealthCheck, "1 for the status of a check, 0 for the others."),
        (HealthDuration, "How long a check took."),
    ];
}
