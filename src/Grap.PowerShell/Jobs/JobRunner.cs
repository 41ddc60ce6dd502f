using System.Management.Automation;
using Grap.Configuration;
using Grap.Health;
using Grap.Jobs;
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
    /// <param name="lastHealth">The last health known; null for none.</param>
    public async Task<BackupJobResult> RunAsync(HealthReport? lastHealth = null)
    {
        var options = plan.Options with
        {
            LastHealth = lastHealth, OnSuccess = Hook(plan.OnSuccess), OnFailure = Hook(plan.OnFailure),
        };
        var work = new ServerJobWork(options, ConnectAsync, plan.Server.Given is null, plan.Scratch, Debug);
        await using (work.ConfigureAwait(false))
            return await new BackupJob(plan.Repository, options, work, _log).RunAsync(stopping).ConfigureAwait(false);
    }

    /// <summary>Runs it by its schedule until somebody stops it.</summary>
    public Task KeepRunningAsync(bool passThru)
    {
        // What is written is also the sign of life that a container's health check looks for.
        var refresh = plan.Options.MetricFile is { } file
            ? new MetricRefresh(plan.Repository, file, CheckHealthAsync, Tell, TimeProvider.System, stopping)
            : null;
        var scheduler = new JobScheduler(plan.Options.Schedule!, plan.Options.TimeZone,
            () => JobScheduler.LastRun(plan.Repository, plan.Options.Name), Tell, () => refresh?.Refresh(),
            TimeProvider.System);
        return scheduler.RunAsync(async () =>
        {
            var result = await RunAsync(refresh?.Health).ConfigureAwait(false);
            refresh?.Keep(result.Health);
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

    // Through a connection of its own: between the runs there is none.
    private async Task<HealthReport> CheckHealthAsync(CancellationToken cancellation)
    {
        Session? opened = null;
        var target = new HealthTarget(plan.Server.Address,
            async stopped => opened = await ConnectAsync(stopped).ConfigureAwait(false))
        {
            Database = plan.Server.Database,
            Repository = plan.Repository,
        };
        try
        {
            return await JobHealth.CheckAsync(plan.Options, target, cancellation).ConfigureAwait(false);
        }
        finally
        {
            if (opened is not null && plan.Server.Given is null)
                await opened.DisposeAsync().ConfigureAwait(false);
        }
    }
}
