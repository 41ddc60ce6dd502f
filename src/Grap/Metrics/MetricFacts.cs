using Grap.Backups;
using Grap.Health;
using Grap.Jobs;
using Grap.Repositories;

namespace Grap.Metrics;

/// <summary>What metrics are made of.</summary>
public sealed record MetricFacts
{
    /// <summary>The repository's path.</summary>
    public required string Repository { get; init; }

    /// <summary>Whether it could be read.</summary>
    public bool Reachable { get; init; }

    /// <summary>Whether the journal's hash chain holds; null where it could not be read.</summary>
    public bool? JournalIntact { get; init; }

    /// <summary>Bytes that may still be written; null where that is not known.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>All backups, newest first.</summary>
    public IReadOnlyList<Backup> Backups { get; init; } = [];

    /// <summary>All runs of jobs, oldest first.</summary>
    public IReadOnlyList<JobRun> Runs { get; init; } = [];

    /// <summary>What a health check found; null where none was made.</summary>
    public HealthReport? Health { get; init; }

    /// <summary>Why it could not be read; null where it could, or where that is not known.</summary>
    public GrapException? Problem { get; init; }

    /// <summary>A repository that cannot be read.</summary>
    public static MetricFacts Unreachable(string path, GrapException? problem = null) =>
        new() { Repository = path, Problem = problem };

    /// <summary>What an open repository says. Never throws for what is wrong with it.</summary>
    public static MetricFacts Of(FolderRepository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        try
        {
            var facts = Unreachable(repository.Path) with
            {
                Reachable = true,
                FreeBytes = repository.FreeSpace,
                Backups = [.. repository.List()],
            };
            return ReadJournal(repository, facts);
        }
        catch (GrapException problem)
        {
            return Unreachable(repository.Path, problem);
        }
    }

    /// <summary>What the repository at a path says; that it cannot be read, where it cannot.</summary>
    public static MetricFacts Read(string path)
    {
        try
        {
            return Of(FolderRepository.Open(path, create: false));
        }
        catch (GrapException problem)
        {
            return Unreachable(path, problem);
        }
    }

    /// <summary>The same with a run that the journal may not have yet, or may say less of.</summary>
    public MetricFacts With(JobRun run) => this with
    {
        Runs = [.. Runs.Where(other => other.Run != run.Run), run],
    };

    private static MetricFacts ReadJournal(FolderRepository repository, MetricFacts facts)
    {
        try
        {
            return facts with { Runs = JobHistory.Read(repository.Journal), JournalIntact = true };
        }
        catch (GrapException broken) when (broken.Condition == GrapCondition.JournalCorrupt)
        {
            return facts with { JournalIntact = false };
        }
    }
}
