using Grap.PowerShell.Schedules;

namespace Grap.PowerShell.Completion;

/// <summary>Completes the names of registered schedules.</summary>
public sealed class ScheduleNameCompleter : GrapCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene) =>
        ScheduleCommands.List(kind: null).Select(static found =>
            new Suggestion(found.Schedule.Name, $"{found.Schedule.Cron} with {found.Schedule.Scheduler}"));
}
