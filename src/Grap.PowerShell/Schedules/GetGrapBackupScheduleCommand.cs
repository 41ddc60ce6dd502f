using System.Management.Automation;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Running;
using Grap.PowerShell.Schedules;
using Grap.Schedules;

namespace Grap.PowerShell;

/// <summary>Lists the schedules that are registered.</summary>
[Cmdlet(VerbsCommon.Get, "GrapBackupSchedule")]
[OutputType(typeof(RegisteredSchedule))]
public sealed class GetGrapBackupScheduleCommand : GrapCommand
{
    /// <summary>Names or patterns.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ScheduleNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only those of this scheduler.</summary>
    [Parameter]
    public SchedulerKind? Scheduler { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var names = Name;
        var kind = Scheduler;
        Run(worker =>
        {
            var all = ScheduleCommands.List(kind).Select(static found => found.Schedule).ToList();
            foreach (var name in names)
            {
                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                var found = all.Where(schedule => pattern.IsMatch(schedule.Name)).ToList();
                found.ForEach(worker.Output);
                if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                    worker.Error(ErrorRecords.From(ScheduleFailure.NotFound(name)));
            }
            return Task.CompletedTask;
        });
    }
}
