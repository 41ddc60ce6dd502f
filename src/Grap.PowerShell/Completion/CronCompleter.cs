namespace Grap.PowerShell.Completion;

/// <summary>Completes schedules that many want.</summary>
public sealed class CronCompleter : GrapCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene) =>
    [
        new("0 2 * * *", "every day at 2:00"),
        new("0 */6 * * *", "every six hours"),
        new("*/30 * * * *", "every half hour"),
        new("0 2 * * MON-FRI", "Monday to Friday at 2:00"),
        new("0 3 * * SUN", "every Sunday at 3:00"),
        new("0 3 1 * *", "on the first of each month at 3:00"),
    ];
}
