using Grap.Backups;
using Grap.Health;
using Grap.Jobs;

namespace Grap.Metrics;

/// <summary>
/// Writes metrics in Prometheus' text format, for the node exporter's textfile collector (docs/metrics.md). Ages are
/// left to the reader: a file that nobody writes any more must not look young. No sample has a timestamp, which that
/// collector refuses.
/// </summary>
public sealed class MetricText
{
    private readonly MetricFamilies _families = new();
    private readonly MetricFacts _facts;
    private readonly (string, string) _repository;

    private MetricText(MetricFacts facts)
    {
        (_facts, _repository) = (facts, ("repository", facts.Repository));
        foreach (var (name, help) in MetricName.All)
            _families.Declare(name, help);
    }

    /// <summary>The text.</summary>
    public static string Write(MetricFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var text = new MetricText(facts);
        text.AddRepository();
        foreach (var database in facts.Backups.GroupBy(static backup => backup.Database, StringComparer.Ordinal))
            text.AddDatabase(database.Key, [.. database]);
        foreach (var job in facts.Runs.GroupBy(static run => run.Name, StringComparer.Ordinal))
            text.AddJob(job.Key, [.. job]);
        if (facts.Health is { } health)
            text.AddHealth(health);
        return text._families.Write();
    }

    private void AddRepository()
    {
        _families.Add(MetricName.Info, 1d,
            ("version", typeof(MetricText).Assembly.GetName().Version?.ToString(3) ?? ""));
        _families.Add(MetricName.RepositoryUp, _facts.Reachable, _repository);
        _families.Add(MetricName.JournalIntact, _facts.JournalIntact, _repository);
        _families.Add(MetricName.FreeBytes, _facts.FreeBytes, _repository);
        _families.Add(MetricName.Retention,
            _facts.Runs.LastOrDefault(static run => run.Did(JobStepName.Retention))?.StartedAt, _repository);
    }

    private void AddDatabase(string name, IReadOnlyList<Backup> newestFirst)
    {
        (string, string)[] labels = [_repository, ("database", name)];
        foreach (var status in Enum.GetValues<BackupStatus>())
            _families.Add(MetricName.Backups, newestFirst.Count(backup => backup.Status == status),
                [.. labels, ("status", Word(status))]);
        _families.Add(MetricName.Bytes, newestFirst.Sum(static backup => backup.SizeBytes), labels);
        var good = newestFirst.Where(static backup => backup.Status == BackupStatus.Available).ToList();
        foreach (var level in Enum.GetValues<VerificationLevel>()
            .Where(static level => level != VerificationLevel.None))
            _families.Add(MetricName.Proof,
                good.Where(backup => backup.VerifiedLevel >= level).Max(static backup => backup.VerifiedAt),
                [.. labels, ("level", Word(level))]);
        if (good is not [var newest, ..])
            return;
        _families.Add(MetricName.LastSuccess, newest.CreatedAt, labels);
        _families.Add(MetricName.LastDuration, newest.Duration.TotalSeconds, labels);
        _families.Add(MetricName.LastSize, newest.SizeBytes, labels);
        _families.Add(MetricName.LastRawSize, newest.RawBytes, labels);
        _families.Add(MetricName.LastNodes, newest.Nodes, labels);
        _families.Add(MetricName.LastRelationships, newest.Relationships, labels);
        _families.Add(MetricName.LastExact, newest.Exactness == Exactness.Exact, labels);
    }

    private void AddJob(string name, IReadOnlyList<JobRun> oldestFirst)
    {
        // "job" is the name of a scrape job's own label.
        (string, string)[] labels = [_repository, ("backup_job", name)];
        var worked = oldestFirst.Where(static run => !run.Refused).ToList();
        // Where the journal cannot be read, there may be more.
        if (_facts.JournalIntact == true)
        {
            _families.Add(MetricName.JobRefused, oldestFirst.Count - worked.Count, labels);
            _families.Add(MetricName.JobInterrupted, worked.Count(static run => run.Interrupted), labels);
        }
        _families.Add(MetricName.JobLastSuccess,
            worked.LastOrDefault(static run => run.Succeeded)?.EndedAt, labels);
        if (worked is [.., var newest])
        {
            _families.Add(MetricName.JobRunning, newest.EndedAt is null, labels);
            _families.Add(MetricName.JobStart, newest.StartedAt, labels);
            _families.Add(MetricName.JobMissed, newest.MissedRuns, labels);
        }
        // A run that nobody but its refusal tells of is better than no news of a job that never comes to its turn.
        var last = worked.LastOrDefault(static run => run.EndedAt is not null) ?? oldestFirst[^1];
        if (last.EndedAt is not { } end)
            return;
        _families.Add(MetricName.JobSuccess, last.Succeeded, labels);
        _families.Add(MetricName.JobExitCode, (int?)last.Outcome, labels);
        if (last.Interrupted)
            return;
        _families.Add(MetricName.JobDuration, (end - last.StartedAt).TotalSeconds, labels);
        foreach (var step in last.Steps.Where(static step => step.Result != JobStepResult.Skipped))
        {
            _families.Add(MetricName.StepDuration, step.Duration.TotalSeconds, [.. labels, ("step", step.Name)]);
            _families.Add(MetricName.StepSuccess, step.Result == JobStepResult.Succeeded,
                [.. labels, ("step", step.Name)]);
        }
    }

    private void AddHealth(HealthReport health)
    {
        (string, string)[] labels = [_repository, ("database", health.Database ?? "")];
        foreach (var status in Enum.GetValues<HealthStatus>())
            _families.Add(MetricName.HealthStatus, health.Status == status, [.. labels, ("status", Word(status))]);
        foreach (var check in health.Checks)
        {
            foreach (var status in Enum.GetValues<TierStatus>())
                _families.Add(MetricName.HealthCheck, check.Status == status,
                    [.. labels, ("check", check.Name), ("status", Word(status))]);
            _families.Add(MetricName.HealthDuration, check.Duration.TotalSeconds,
                [.. labels, ("check", check.Name)]);
        }
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
