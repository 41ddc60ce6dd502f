using Grap.Configuration;

namespace Grap.Jobs;

/// <summary>The steps of one run so far: times them, logs each, and keeps what went wrong first.</summary>
internal sealed class JobSteps(string job, string run, JobLog log, TimeProvider time)
{
    private readonly List<JobStep> _steps = [];

    public IReadOnlyList<JobStep> All => [.. _steps];

    /// <summary>How the run ends, as far as it has come.</summary>
    public BackupJobOutcome Outcome { get; private set; }

    /// <summary>What went wrong first; null where nothing has.</summary>
    public GrapException? Failure { get; private set; }

    /// <summary>The same for what is no failure that Grap knows.</summary>
    public string? Problem { get; private set; }

    public bool Succeeded => Outcome == BackupJobOutcome.Succeeded;

    /// <summary>Runs a step. Returns whether it was done.</summary>
    /// <param name="name">One of <see cref="JobStepName"/>.</param>
    /// <param name="step">What it does.</param>
    /// <param name="outcome">How the run ends where the step fails; null to see by the failure.</param>
    public async Task<bool> RunAsync(
        string name, Func<Task<StepReport>> step, Func<BackupJobOutcome>? outcome = null)
    {
        var began = time.GetTimestamp();
        try
        {
            var report = await step().ConfigureAwait(false);
            Add(new JobStep(name, report.Result, time.GetElapsedTime(began), report.Message),
                report.Result == JobStepResult.Skipped ? LogLevel.Debug : LogLevel.Info);
            return report.Result == JobStepResult.Succeeded;
        }
        catch (OperationCanceledException)
        {
            Add(new JobStep(name, JobStepResult.Cancelled, time.GetElapsedTime(began), "It was stopped."),
                LogLevel.Warn);
            Ends(BackupJobOutcome.Cancelled, null, $"It was stopped in the step '{name}'.");
            return false;
        }
        catch (Exception failure)
        {
            // Only Grap's own messages are known to hold no secret.
            var message = failure is GrapException
                ? failure.Message
                : $"It ended with an unexpected {failure.GetType().Name}.";
            Add(new JobStep(name, JobStepResult.Failed, time.GetElapsedTime(began), message), LogLevel.Error);
            Ends(outcome?.Invoke() ?? BackupJobOutcomes.Of(failure), failure as GrapException, message);
            return false;
        }
    }

    /// <summary>Keeps a step that was not due.</summary>
    public void Skip(string name, string why) =>
        Add(new JobStep(name, JobStepResult.Skipped, TimeSpan.Zero, why), LogLevel.Debug);

    /// <summary>Logs something in the middle of a step.</summary>
    public void Tell(LogLevel level, string step, string message) => Write(level, step, message);

    /// <summary>Logs the end of the run.</summary>
    public void Close(BackupJobResult result) => log.Write(
        new JobLogLine(time.GetUtcNow(), result.Succeeded ? LogLevel.Info : LogLevel.Error, job, run, JobStepName.End,
            result.Problem ?? "")
        {
            Result = result.Outcome switch
            {
                BackupJobOutcome.Succeeded => JobStepResult.Succeeded,
                BackupJobOutcome.Busy => JobStepResult.Skipped,
                BackupJobOutcome.Cancelled => JobStepResult.Cancelled,
                _ => JobStepResult.Failed,
            },
            Duration = result.Duration,
            ExitCode = result.ExitCode,
        });

    /// <summary>Something around the job failed, which never hides what the job itself is about.</summary>
    public void Ends(BackupJobOutcome outcome, GrapException? failure, string problem)
    {
        if (Outcome is not (BackupJobOutcome.Succeeded or BackupJobOutcome.Incomplete))
            return;
        if (Outcome == BackupJobOutcome.Incomplete && outcome == BackupJobOutcome.Incomplete)
            return;
        (Outcome, Failure, Problem) = (outcome, failure, problem);
    }

    private void Add(JobStep step, LogLevel level)
    {
        _steps.Add(step);
        log.Write(new JobLogLine(time.GetUtcNow(), level, job, run, step.Name, step.Message)
        {
            Result = step.Result,
            Duration = step.Result == JobStepResult.Skipped ? null : step.Duration,
        });
    }

    private void Write(LogLevel level, string step, string message) =>
        log.Write(new JobLogLine(time.GetUtcNow(), level, job, run, step, message));
}

/// <summary>What a step that did not fail says of itself.</summary>
internal readonly record struct StepReport(JobStepResult Result, string Message)
{
    /// <summary>It was done.</summary>
    public static StepReport Done(string message) => new(JobStepResult.Succeeded, message);

    /// <summary>It was not due.</summary>
    public static StepReport Skipped(string why) => new(JobStepResult.Skipped, why);
}
