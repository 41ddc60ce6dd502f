using Grap.Backups;
using Grap.Health;
using Grap.Jobs;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Retention;

namespace Grap.Reports;

/// <summary>What a report tells.</summary>
public sealed record ReportFacts
{
    /// <summary>The repository's path.</summary>
    public required string Repository { get; init; }
    /// <summary>When these were gathered.</summary>
    public required DateTimeOffset At { get; init; }
    /// <summary>All backups, newest first.</summary>
    public IReadOnlyList<Backup> Backups { get; init; } = [];
    /// <summary>What retention would do now; null where that cannot be told.</summary>
    public RetentionPlan? Retention { get; init; }
    /// <summary>All runs of jobs, oldest first.</summary>
    public IReadOnlyList<JobRun> Runs { get; init; } = [];
    /// <summary>Recoveries.</summary>
    public IReadOnlyList<RecoveryRecord> Recoveries { get; init; } = [];
    /// <summary>The newest entries of the journal, newest first.</summary>
    public IReadOnlyList<JournalEntry> Audit { get; init; } = [];
    /// <summary>What a health check found; null where none was made.</summary>
    public HealthReport? Health { get; init; }
    /// <summary>Bytes that may still be written.</summary>
    public long FreeBytes { get; init; }
    /// <summary>What could not be read, each as a sentence.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What a repository says. A journal that is damaged is one of the problems.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="policy">What is kept.</param>
    /// <param name="auditEntries">How many of the newest entries.</param>
    /// <param name="time">The clock.</param>
    public static ReportFacts Of(
        FolderRepository repository, RetentionPolicy policy, int auditEntries, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(repository);
        ArgumentNullException.ThrowIfNull(time);
        var problems = new List<string>();
        var facts = new ReportFacts
        {
            Repository = repository.Path,
            At = time.GetUtcNow(),
            Backups = [.. repository.List(problems.Add)],
            FreeBytes = repository.FreeSpace,
            Recoveries = [.. new RecoveryBook(repository).List()],
            Problems = problems,
        };
        try
        {
            var runs = new JobRuns();
            var newest = new Queue<JournalEntry>();
            repository.Journal.Read(entry =>
            {
                runs.Add(entry);
                newest.Enqueue(entry);
                if (newest.Count > auditEntries)
                    newest.Dequeue();
            });
            return facts with
            {
                Runs = runs.All,
                Audit = [.. newest.Reverse()],
                Retention = new RetentionRun(repository, time).Plan(facts.Backups, policy),
            };
        }
        catch (GrapException broken) when (broken.Condition == GrapCondition.JournalCorrupt)
        {
            // The listing has told it.
            return facts;
        }
    }
}
