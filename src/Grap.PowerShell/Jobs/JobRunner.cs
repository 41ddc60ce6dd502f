using System.Management.Automation;
using Grap.Configuration;
using Grap.Jobs;
using Grap.Metrics;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Servers;

namespace Grap.PowerShell.Jobs;

/// <summary>Runs a job beside the pipeline thread, once or by its schedule.</summary>
internal sealed class JobRunner(JobPlan plan, PipelineWorker worker, CancellationToken stopping)
{
    // Of what happens between the runs; no run has it.
    private static readonly string s_noRun = new('0', 32);

    private readonly JobLog _log = new(worker.HostLine, plan.Level, plan.Format);

    /// <summary>Runs it once.</summary>
    public async Task<BackupJobResult> RunAsync()
    {
        var options = plan.Options with { OnSuccess = Hook(plan.OnSuccess), OnFailure = Hook(plan.OnFailure) };
        var work = new ServerJobWork(options, ConnectAsync, plan.Server.Given is null, plan.Scratch, Debug);
        await using (work.ConfigureAwait(false))
            return await new BackupJob(plan.Repository, options, work, _log).RunAsync(stopping).ConfigureAwait(false);
    }

    /// <summary>Runs it by its schedule until somebody stops it.</summary>
    public Task KeepRunningAsync(bool passThru)
    {
        var scheduler = new JobScheduler(plan.Options.Schedule!, plan.Options.TimeZone,
            () => JobScheduler.LastRun(plan.Repository, plan.Options.Name), Tell, RefreshMetrics, TimeProvider.System);
        return scheduler.RunAsync(async () =>
        {
            var result = await RunAsync().ConfigureAwait(false);
            if (passThru && !worker.Cancellation.IsCancellationRequested)
                worker.Output(result);
        }, stopping);
    }

    private async Task<Session> ConnectAsync(CancellationToken cancellation) => plan.Server.Given
        ?? await ServerLogin.OpenAsync(plan.Server.Options!, cancellation).ConfigureAwait(false);

    private Func<BackupJobResult, Task>? Hook(ScriptBlock? script) => script is null ? null : result =>
        worker.InvokeAsync(_ => script.InvokeWithContext(null, [new PSVariable("_", result)], result));

    private void Debug(string text) => Tell(LogLevel.Debug, text);

    private void Tell(LogLevel level, string text) => _log.Write(
        new JobLogLine(DateTimeOffset.UtcNow, level, plan.Options.Name, s_noRun, "schedule", text));

    // Also the sign of life that a container's health check looks for.
    private void RefreshMetrics()
    {
        if (plan.Options.MetricFile is not { } file)
            return;
        try
        {
            MetricFile.Write(file, MetricText.Write(MetricFacts.Read(plan.Repository)));
        }
        catch (GrapException failure)
        {
            Tell(LogLevel.Warn, failure.Message);
        }
    }
}
