using Grap.Backups;
using Grap.Health;
using Grap.Verification;

namespace Grap.Jobs;

/// <summary>What a job did.</summary>
public sealed record BackupJobResult
{
    /// <summary>The job's name.</summary>
    public required string Name { get; init; }
    /// <summary>The run: 32 hexadecimal digits, in every line of its log and in its entries of the journal.</summary>
    public required string Run { get; init; }
    /// <summary>The repository's address.</summary>
    public required string Repository { get; init; }
    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }
    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>How it ended.</summary>
    public BackupJobOutcome Outcome { get; init; }
    /// <summary>The same as a number, for <c>exit</c>.</summary>
    public int ExitCode => (int)Outcome;
    /// <summary>Whether everything that was due was done.</summary>
    public bool Succeeded => Outcome == BackupJobOutcome.Succeeded;
    /// <summary>The first part of the error's id; null where nothing failed, or what failed has none.</summary>
    public GrapCondition? Condition { get; init; }
    /// <summary>What went wrong, as a sentence; null where nothing did.</summary>
    public string? Problem { get; init; }
    /// <summary>What to do about it, where that is known.</summary>
    public string? RecommendedAction { get; init; }
    /// <summary>The backup; null where none was published.</summary>
    public Backup? Backup { get; init; }
    /// <summary>What its verification found; null where it was not verified.</summary>
    public VerificationResult? Verification { get; init; }
    /// <summary>What a check of health found at the end, which is in the metrics; null where it was not
    /// checked.</summary>
    public HealthReport? Health { get; init; }
    /// <summary>Runs that the schedule had before this one and that did not take place.</summary>
    public int MissedRuns { get; init; }
    /// <summary>The run before this one, where it left no end: it was killed, or the machine went down. Else
    /// null.</summary>
    public string? InterruptedRun { get; init; }
    /// <summary>The steps, in their order.</summary>
    public IReadOnlyList<JobStep> Steps { get; init; } = [];
}
