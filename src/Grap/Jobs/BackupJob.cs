using System.Globalization;
using Grap.Audit;
using Grap.Backups;
using Grap.Configuration;
using Grap.Health;
using Grap.Metrics;
using Grap.Repositories;
using Grap.Verification;

namespace Grap.Jobs;

/// <summary>
/// What a schedule runs: takes a backup, proves it, removes what no rule keeps, and tells everybody who wants to know.
/// A failure is a result and no exception. Exit code, log, metrics and journal say the same; where one of them cannot
/// be
/// written, the others say that (docs/jobs.md).
/// </summary>
/// <param name="path">The repository's path.</param>
/// <param name="options">What to do.</param>
/// <param name="work">What it does to the server and to backups.</param>
/// <param name="log">Takes its lines.</param>
/// <param name="repositories">What the repository needs from outside.</param>
public sealed class BackupJob(
    string path, BackupJobOptions options, IJobWork work, JobLog log, RepositoryOptions? repositories = null)
{
    // Nobody reads further than that; counting years of minutes would take its time.
    private const int MostMissedRuns = 1000;

    private readonly RepositoryOptions _repositories = repositories ?? new RepositoryOptions();
    private readonly string _run = Guid.NewGuid().ToString("N");

    private TimeProvider Time => _repositories.Time;

    /// <summary>Runs it once. Stops within a second of <paramref name="cancellation"/>; that too is recorded.</summary>
    public async Task<BackupJobResult> RunAsync(CancellationToken cancellation)
    {
        var (startedAt, began) = (Time.GetUtcNow(), Time.GetTimestamp());
        var steps = new JobSteps(options.Name, _run, log, Time);
        var trail = new AuditTrail(
            path, options.Projects, text => steps.Tell(LogLevel.Warn, JobStepName.Audit, text), _repositories);
        var result = new BackupJobResult
        {
            Name = options.Name, Run = _run, Repository = path, StartedAt = startedAt,
        };
        FolderRepository? repository = null;
        LockFile? held = null;
        try
        {
            var opened = await steps.RunAsync(JobStepName.Lock, () =>
            {
                repository = FolderRepository.Open(path, options.CreateRepository, _repositories);
                log.Keep(repository.Place);
                held = LockFile.Acquire(repository.Place, RepositoryLayout.JobLock, $"Backup job {options.Name}",
                    TimeSpan.Zero, heartbeat: true, cancellation);
                RemoveOldClaims(repository.Place, held.Token);
                result = Begin(repository, result, steps);
                return Task.FromResult(StepReport.Done($"Repository {repository.Path}"));
            }).ConfigureAwait(false);
            if (opened)
            {
                var begun = JobRun.Of(result) with { Outcome = null, EndedAt = null };
                WriteMetrics(repository!, begun, options.LastHealth, steps);
                result = await WorkAsync(repository!, trail, result, steps, cancellation).ConfigureAwait(false);
            }
            result = Told(result, steps, began);
            await CallHookAsync(result, steps, cancellation).ConfigureAwait(false);
            await SendHeartbeatAsync(steps, cancellation).ConfigureAwait(false);
            result = result with { Health = await CheckHealthAsync(steps, cancellation).ConfigureAwait(false) };
            return await CloseAsync(repository, trail, result, steps, began, cancellation).ConfigureAwait(false);
        }
        finally
        {
            held?.Dispose();
        }
    }

    /// <summary>Removes what the death of somebody left who was taking a dead owner's lock over.</summary>
    private static void RemoveOldClaims(RepositoryPlace place, string lockToken)
    {
        foreach (var item in place.List())
        {
            if (RepositoryLayout.ClaimedJobLock(item.Name) is { } token && token != lockToken)
                place.Files.Delete(place.PathOf(item.Name));
        }
    }

    /// <summary>Writes down what earlier runs left untold, and that this one has begun: a run that cannot be written
    /// down does not begin.</summary>
    private BackupJobResult Begin(FolderRepository repository, BackupJobResult result, JobSteps steps)
    {
        var entries = new List<JournalEntry>();
        var history = JobHistory.Read(repository.Journal);
        foreach (var lost in history.Where(static run => run is { EndedAt: null }))
        {
            entries.Add(JobEntry.Lost(lost));
            steps.Tell(LogLevel.Warn, JobStepName.Lock, string.Create(CultureInfo.InvariantCulture,
                $"Run {lost.Run[..8]} of job {lost.Name}, begun {lost.StartedAt:u}, left no end: it was killed, or the "
                + $"machine went down."));
            if (lost.Name == options.Name)
                result = result with { InterruptedRun = lost.Run };
        }
        var missed = CountMissed(history, result.StartedAt);
        if (missed > 0)
            steps.Tell(LogLevel.Warn, JobStepName.Lock, string.Create(CultureInfo.InvariantCulture,
                $"{missed} {(missed == 1 ? "run" : "runs")} of schedule '{options.Schedule}' did not take place."));
        entries.Add(JobEntry.Begin(options.Name, _run, options.Schedule?.Expression, missed));
        repository.Journal.AppendAll(entries);
        return result with { MissedRuns = missed };
    }

    /// <summary>Of the times since the last run the newest is this run's own.</summary>
    private int CountMissed(IReadOnlyList<JobRun> history, DateTimeOffset now) =>
        options.Schedule is { } schedule
        && history.LastOrDefault(run => run.Name == options.Name && !run.Refused) is { } last
            ? Math.Max(0, schedule.Count(last.StartedAt, now, options.TimeZone, MostMissedRuns + 1) - 1)
            : 0;

    private async Task<BackupJobResult> WorkAsync(
        FolderRepository repository, AuditTrail trail, BackupJobResult result, JobSteps steps,
        CancellationToken cancellation)
    {
        var taken = await steps.RunAsync(JobStepName.Backup, async () =>
        {
            var backup = await trail.RunAsync(AuditedOperation.TakeBackup(options.Backup.Id, options.Database), () =>
                work.TakeAsync(repository, cancellation)).ConfigureAwait(false);
            result = result with { Backup = backup };
            return StepReport.Done(string.Create(CultureInfo.InvariantCulture,
                $"{backup.Id}, {backup.Method}, {backup.Exactness}, {backup.Nodes} nodes, "
                + $"{backup.Relationships} relationships, {backup.SizeBytes} bytes"));
        }).ConfigureAwait(false);
        if (!taken)
        {
            steps.Skip(JobStepName.Verify, "There is no backup to prove.");
            steps.Skip(JobStepName.Retention, "Nothing is removed while backups fail.");
            return result;
        }
        result = await VerifyAsync(repository, trail, result, steps, cancellation).ConfigureAwait(false);
        if (steps.Outcome is BackupJobOutcome.Damaged or BackupJobOutcome.Cancelled)
            steps.Skip(JobStepName.Retention, "Nothing is removed while backups fail.");
        else
            await RetainAsync(repository, trail, steps, cancellation).ConfigureAwait(false);
        return result;
    }

    private async Task<BackupJobResult> VerifyAsync(
        FolderRepository repository, AuditTrail trail, BackupJobResult result, JobSteps steps,
        CancellationToken cancellation)
    {
        var id = result.Backup!.Id;
        await steps.RunAsync(JobStepName.Verify, async () =>
        {
            var level = LevelDue(repository, result.Backup);
            if (level == VerificationLevel.None)
                return StepReport.Skipped("No verification was asked for.");
            var proof = await trail.RunAsync(AuditedOperation.VerifyBackup(id), () =>
                work.VerifyAsync(repository, id, level, cancellation)).ConfigureAwait(false);
            result = result with { Verification = proof };
            // As what it now is known to be.
            result = result with { Backup = repository.Get(id) };
            return proof.Passed ? StepReport.Done($"Proven to {level}") : throw VerificationFailure.Of(proof);
        }, () => result.Verification?.Failed == true ? BackupJobOutcome.Damaged : BackupJobOutcome.NotProven)
            .ConfigureAwait(false);
        return result;
    }

    private async Task RetainAsync(
        FolderRepository repository, AuditTrail trail, JobSteps steps, CancellationToken cancellation) =>
        await steps.RunAsync(JobStepName.Retention, async () =>
        {
            var last = JobHistory.Read(repository.Journal).LastOrDefault(static run => run.Did(JobStepName.Retention));
            return IsDue(options.RetentionEvery, last?.StartedAt)
                ? StepReport.Done(await work.RetainAsync(repository, trail, cancellation).ConfigureAwait(false))
                : StepReport.Skipped("It is not due.");
        }, static () => BackupJobOutcome.RetentionFailed).ConfigureAwait(false);

    /// <summary>The level asked for, or Restore where a proof of that kind is due.</summary>
    private VerificationLevel LevelDue(FolderRepository repository, Backup backup)
    {
        if (options.Verify == VerificationLevel.Restore)
            return VerificationLevel.Restore;
        var last = repository.List()
            .Where(other => other.Database == backup.Database && other.VerifiedLevel == VerificationLevel.Restore)
            .Max(static other => other.VerifiedAt);
        return IsDue(options.RestoreProofEvery, last) ? VerificationLevel.Restore : options.Verify;
    }

    // A weekly one that began a little later last week is due all the same; and a schedule may be moved by some hours.
    private bool IsDue(TimeSpan every, DateTimeOffset? last) => every > TimeSpan.Zero
        && (last is null || Time.GetUtcNow() - last >= every - Min(every / 2, TimeSpan.FromHours(12)));

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private async Task CallHookAsync(BackupJobResult result, JobSteps steps, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return;
        if ((steps.Succeeded ? options.OnSuccess : options.OnFailure) is not { } hook)
            return;
        await steps.RunAsync(JobStepName.Hook, async () =>
        {
            await hook(result).ConfigureAwait(false);
            return StepReport.Done(steps.Succeeded ? "OnSuccess" : "OnFailure");
        }, static () => BackupJobOutcome.Incomplete).ConfigureAwait(false);
    }

    // Silence is the alarm: nothing is sent after a failure.
    private async Task SendHeartbeatAsync(JobSteps steps, CancellationToken cancellation)
    {
        if (options.Heartbeat is not { } address || !steps.Succeeded || cancellation.IsCancellationRequested)
            return;
        await steps.RunAsync(JobStepName.Heartbeat, async () =>
            StepReport.Done(
                await Heartbeat.SendAsync(address, options.HeartbeatLimit, cancellation).ConfigureAwait(false)),
            static () => BackupJobOutcome.Incomplete).ConfigureAwait(false);
    }

    /// <summary>Checks health for the metrics: no step, since a sick database is no failure of its backup. Null where
    /// it was not checked.</summary>
    private async Task<HealthReport?> CheckHealthAsync(JobSteps steps, CancellationToken cancellation)
    {
        if (options.MetricFile is null || cancellation.IsCancellationRequested)
            return null;
        try
        {
            return await work.CheckHealthAsync(path, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure)
        {
            steps.Tell(LogLevel.Warn, JobStepName.Metrics, MetricRefresh.NotChecked(failure));
            return null;
        }
    }

    /// <summary>Metrics, journal, log: in this order, so that each later one can tell of an earlier one's
    /// failure.</summary>
    private async Task<BackupJobResult> CloseAsync(
        FolderRepository? repository, AuditTrail trail, BackupJobResult result, JobSteps steps, long began,
        CancellationToken cancellation)
    {
        if (log.Failure is { } unlogged)
            steps.Ends(BackupJobOutcome.Incomplete, unlogged, unlogged.Message);
        if (options.MetricFile is { } file)
        {
            await steps.RunAsync(JobStepName.Metrics, () =>
            {
                MetricFile.Write(file, Metrics(repository, JobRun.Of(Told(result, steps, began)), result.Health));
                return Task.FromResult(StepReport.Done(file));
            }, static () => BackupJobOutcome.Incomplete).ConfigureAwait(false);
        }
        if (repository is not null)
        {
            var recorded = await steps.RunAsync(JobStepName.Audit, () =>
            {
                repository.Journal.Append(JobEntry.End(Told(result, steps, began)));
                return Task.FromResult(StepReport.Done("Recorded"));
            }, static () => BackupJobOutcome.Incomplete).ConfigureAwait(false);
            if (recorded)
                await work.ShowAsync(trail, cancellation).ConfigureAwait(false);
            else
                WriteMetrics(repository, JobRun.Of(Told(result, steps, began)), result.Health, steps);
        }
        result = Told(result, steps, began);
        steps.Close(result);
        return result;
    }

    private BackupJobResult Told(BackupJobResult result, JobSteps steps, long began) => result with
    {
        Duration = Time.GetElapsedTime(began),
        Outcome = steps.Outcome,
        Condition = steps.Failure?.Condition,
        Problem = steps.Problem,
        RecommendedAction = steps.Failure?.RecommendedAction,
        Steps = steps.All,
    };

    /// <summary>Writes the metrics in passing: at the end they are a step.</summary>
    private void WriteMetrics(FolderRepository repository, JobRun run, HealthReport? health, JobSteps steps)
    {
        if (options.MetricFile is null)
            return;
        try
        {
            MetricFile.Write(options.MetricFile, Metrics(repository, run, health));
        }
        catch (GrapException failure)
        {
            steps.Tell(LogLevel.Warn, JobStepName.Metrics, failure.Message);
        }
    }

    private string Metrics(FolderRepository? repository, JobRun run, HealthReport? health) => MetricText.Write(
        (repository is null ? MetricFacts.Unreachable(path) : MetricFacts.Of(repository)).With(run) with
        {
            Health = health,
        });
}
