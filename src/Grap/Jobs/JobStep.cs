namespace Grap.Jobs;

/// <summary>How one step of a job ended.</summary>
public enum JobStepResult
{
    /// <summary>It was done.</summary>
    Succeeded,
    /// <summary>It was not due, or what it needs had failed.</summary>
    Skipped,
    /// <summary>It failed.</summary>
    Failed,
    /// <summary>It was stopped.</summary>
    Cancelled,
}

/// <summary>One step of a job, as its result and the journal tell it.</summary>
/// <param name="Name">One of <see cref="JobStepName"/>.</param>
/// <param name="Result">How it ended.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Message">What it did, or why not, as a sentence; never a secret.</param>
public sealed record JobStep(string Name, JobStepResult Result, TimeSpan Duration, string Message);

/// <summary>The steps, in their order.</summary>
public static class JobStepName
{
    /// <summary>Opening the repository and taking the job's lock.</summary>
    public const string Lock = "lock";
    /// <summary>Taking and publishing a backup.</summary>
    public const string Backup = "backup";
    /// <summary>Proving it.</summary>
    public const string Verify = "verify";
    /// <summary>Removing backups that no rule keeps.</summary>
    public const string Retention = "retention";
    /// <summary>The user's own script block.</summary>
    public const string Hook = "hook";
    /// <summary>Telling a watcher that the job succeeded.</summary>
    public const string Heartbeat = "heartbeat";
    /// <summary>Writing the metrics.</summary>
    public const string Metrics = "metrics";
    /// <summary>Writing the journal's entry, and showing it in the database.</summary>
    public const string Audit = "audit";
    /// <summary>The end of the run, in the log.</summary>
    public const string End = "end";
}
