using System.Globalization;
using Grap.Repositories;

namespace Grap.Jobs;

/// <summary>How the journal tells a job: one entry when it begins, one when it ends. A run that was refused has the
/// second only; one that was killed gets it from the next run.</summary>
internal static class JobEntry
{
    public const string Started = "BackupJobStarted";
    public const string Ended = "BackupJobRun";
    private const string EntityType = "job";
    private const string Interrupted = "Interrupted";

    /// <summary>The entry of a run that begins.</summary>
    public static JournalEntry Begin(string name, string run, string? schedule, int missedRuns)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["run"] = run,
            ["missedRuns"] = missedRuns.ToString(CultureInfo.InvariantCulture),
        };
        if (schedule is not null)
            details["schedule"] = schedule;
        return new JournalEntry { Operation = Started, EntityType = EntityType, EntityId = name, Details = details };
    }

    /// <summary>The entry of a run that has ended.</summary>
    public static JournalEntry End(BackupJobResult result)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["run"] = result.Run,
            ["outcome"] = result.Outcome.ToString(),
            ["exitCode"] = result.ExitCode.ToString(CultureInfo.InvariantCulture),
            ["steps"] = string.Join(' ', result.Steps.Select(Write)),
        };
        if (result.Backup is { } backup)
            details["backupId"] = backup.Id;
        if (result.Condition is { } condition)
            details["condition"] = condition.ToString();
        if (result.Problem is { } problem)
            details["problem"] = problem;
        return new JournalEntry
        {
            Operation = Ended,
            EntityType = EntityType,
            EntityId = result.Name,
            Result = result.Outcome switch
            {
                BackupJobOutcome.Succeeded => JournalResult.Success,
                BackupJobOutcome.Cancelled => JournalResult.Cancelled,
                _ => JournalResult.Failure,
            },
            Details = details,
        };
    }

    /// <summary>The entry of a run that left no end.</summary>
    public static JournalEntry Lost(JobRun run) => new()
    {
        Operation = Ended,
        EntityType = EntityType,
        EntityId = run.Name,
        Result = JournalResult.Failure,
        Details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["run"] = run.Run,
            ["condition"] = Interrupted,
            ["problem"] = "It left no end: it was killed, the machine went down, or nothing could be written.",
        },
    };

    /// <summary>What an entry says of a run; null where it is about something else.</summary>
    public static JobRun? TryRead(JournalEntry entry)
    {
        if (entry.EntityType != EntityType || entry.Operation is not (Started or Ended)
            || entry.Details.GetValueOrDefault("run") is not { } id)
            return null;
        var run = new JobRun { Name = entry.EntityId, Run = id, StartedAt = entry.Timestamp };
        if (entry.Operation == Started)
        {
            _ = int.TryParse(entry.Details.GetValueOrDefault("missedRuns"), NumberStyles.None,
                CultureInfo.InvariantCulture, out var missed);
            return run with { MissedRuns = missed };
        }
        var condition = entry.Details.GetValueOrDefault("condition");
        return run with
        {
            EndedAt = entry.Timestamp,
            Outcome = Enum.TryParse<BackupJobOutcome>(entry.Details.GetValueOrDefault("outcome"), out var outcome)
                ? outcome
                : null,
            Interrupted = condition == Interrupted,
            BackupId = entry.Details.GetValueOrDefault("backupId"),
            Condition = condition,
            Problem = entry.Details.GetValueOrDefault("problem"),
            Steps = [.. (entry.Details.GetValueOrDefault("steps") ?? "")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Read).OfType<JobStep>()],
        };
    }

    private static string Write(JobStep step) => string.Create(CultureInfo.InvariantCulture,
        $"{step.Name}={step.Result}:{step.Duration.TotalSeconds:0.000}");

    private static JobStep? Read(string text)
    {
        var (equals, colon) = (
            text.IndexOf('=', StringComparison.Ordinal), text.IndexOf(':', StringComparison.Ordinal));
        return equals > 0 && colon > equals
            && Enum.TryParse<JobStepResult>(text[(equals + 1)..colon], out var result)
            && double.TryParse(text[(colon + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? new JobStep(text[..equals], result, TimeSpan.FromSeconds(seconds), "")
            : null;
    }
}
