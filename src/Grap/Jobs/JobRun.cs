using Grap.Repositories;

namespace Grap.Jobs;

/// <summary>One run of a job, as the journal tells it.</summary>
public sealed record JobRun
{
    /// <summary>The job's name.</summary>
    public required string Name { get; init; }
    /// <summary>The run, 32 hexadecimal digits.</summary>
    public required string Run { get; init; }
    /// <summary>When it began; of one that was refused, when that was.</summary>
    public DateTimeOffset StartedAt { get; init; }
    /// <summary>When it ended; null while it runs, and where it left no end.</summary>
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>How it ended; null while it runs, and where it was interrupted.</summary>
    public BackupJobOutcome? Outcome { get; init; }
    /// <summary>Whether it left no end, and a later run found that.</summary>
    public bool Interrupted { get; init; }
    /// <summary>The backup; null where none was published.</summary>
    public string? BackupId { get; init; }
    /// <summary>The first part of the error's id; null where nothing failed.</summary>
    public string? Condition { get; init; }
    /// <summary>What went wrong; null where nothing did.</summary>
    public string? Problem { get; init; }
    /// <summary>Runs that the schedule had before this one and that did not take place.</summary>
    public int MissedRuns { get; init; }
    /// <summary>The steps, in their order; without messages.</summary>
    public IReadOnlyList<JobStep> Steps { get; init; } = [];

    /// <summary>Whether nothing was done, since another job was at work.</summary>
    public bool Refused => Outcome == BackupJobOutcome.Busy;

    /// <summary>Whether it succeeded.</summary>
    public bool Succeeded => Outcome == BackupJobOutcome.Succeeded;

    /// <summary>Whether a step was done.</summary>
    public bool Did(string step) => Steps.Any(did => did.Name == step && did.Result == JobStepResult.Succeeded);

    /// <summary>The same of a result that the journal may not have yet.</summary>
    internal static JobRun Of(BackupJobResult result) => new()
    {
        Name = result.Name,
        Run = result.Run,
        StartedAt = result.StartedAt,
        EndedAt = result.StartedAt + result.Duration,
        Outcome = result.Outcome,
        BackupId = result.Backup?.Id,
        Condition = result.Condition?.ToString(),
        Problem = result.Problem,
        MissedRuns = result.MissedRuns,
        Steps = result.Steps,
    };
}

/// <summary>What the journal says of jobs.</summary>
public static class JobHistory
{
    /// <summary>Every run, oldest first. Throws <see cref="GrapException"/> with JournalCorrupt.</summary>
    public static IReadOnlyList<JobRun> Read(Journal journal)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var runs = new JobRuns();
        journal.Read(runs.Add);
        return runs.All;
    }
}

/// <summary>The runs among the entries of a journal, which are handed to it from the oldest to the newest.</summary>
internal sealed class JobRuns
{
    private readonly List<JobRun> _runs = [];
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    /// <summary>Every run, oldest first.</summary>
    public IReadOnlyList<JobRun> All => _runs;

    public void Add(JournalEntry entry)
    {
        if (JobEntry.TryRead(entry) is not { } run)
            return;
        if (_places.TryGetValue(run.Run, out var place))
        {
            _runs[place] = run with { StartedAt = _runs[place].StartedAt, MissedRuns = _runs[place].MissedRuns };
        }
        else
        {
            _places.Add(run.Run, _runs.Count);
            _runs.Add(run);
        }
    }
}
