using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Running;
using Grap.PowerShell.Schedules;
using Grap.Schedules;

namespace Grap.PowerShell;

/// <summary>Has backups taken by themselves no more. The backups stay.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "GrapBackupSchedule", SupportsShouldProcess = true,
    ConfirmImpact = ConfirmImpact.High)]
public sealed class UnregisterGrapBackupScheduleCommand : GrapCommand
{
    /// <summary>Names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ScheduleNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Only from this scheduler.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SchedulerKind? Scheduler { get; set; }

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var names = Name;
        var kind = Scheduler;
        var asks = MustAsk(Force);
        Run(async worker =>
        {
            var all = ScheduleCommands.List(kind).ToList();
            foreach (var name in names)
            {
                var found = all.Where(one => one.Schedule.Name == name).ToList();
                if (found.Count == 0)
                    worker.Error(ErrorRecords.From(ScheduleFailure.NotFound(name)));
                foreach (var (scheduler, schedule) in found)
                {
                    if (!asks || await worker.ShouldProcessAsync($"schedule {name} of {scheduler.Kind}", "Unregister")
                        .ConfigureAwait(false))
                        await RemoveAsync(worker, scheduler, schedule).ConfigureAwait(false);
                }
            }
        });
    }

    private static async Task RemoveAsync(PipelineWorker worker, IScheduler scheduler, RegisteredSchedule schedule)
    {
        var operation = AuditedOperation.UnregisterSchedule(schedule.Name);
        if (schedule.Repository is not { } repository)
        {
            scheduler.Unregister(schedule.Name);
            return;
        }
        var trail = new AuditTrail(repository, projects: false, worker.Warning);
        await trail.RunAsync(operation, () => Task.Run(() => scheduler.Unregister(schedule.Name)))
            .ConfigureAwait(false);
        trail.Record(operation);
    }
}
