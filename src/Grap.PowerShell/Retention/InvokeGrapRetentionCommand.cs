using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Retention;
using Grap.PowerShell.Running;
using Grap.Repositories;
using Grap.Retention;

namespace Grap.PowerShell;

/// <summary>Moves backups that no rule keeps to the trash, and deletes what was there for its grace period.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GrapRetention", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RetentionDecision))]
public sealed class InvokeGrapRetentionCommand : RepositoryCommand, IRetentionRules
{
    /// <summary>Keep all backups younger than this.</summary>
    [Parameter(Position = 0)]
    [ValidateRange(0, 36_500)]
    public int Days { get; set; }

    /// <summary>Keep the newest so many.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Last { get; set; }

    /// <summary>Keep the newest of each of so many days.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Daily { get; set; }

    /// <summary>Keep the newest of each of so many weeks.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Weekly { get; set; }

    /// <summary>Keep the newest of each of so many months.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Monthly { get; set; }

    /// <summary>Keep the newest of each of so many years.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Yearly { get; set; }

    /// <summary>Never fewer good backups of a database than this.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Minimum { get; set; } = RetentionRules.Minimum;

    /// <summary>Days in the trash before a backup is deleted.</summary>
    [Parameter]
    [ValidateRange(0, 3650)]
    public int GraceDays { get; set; } = RetentionRules.GraceDays;

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    int IRetentionRules.KeepDays => Days;
    int IRetentionRules.KeepLast => Last;
    int IRetentionRules.KeepDaily => Daily;
    int IRetentionRules.KeepWeekly => Weekly;
    int IRetentionRules.KeepMonthly => Monthly;
    int IRetentionRules.KeepYearly => Yearly;

    /// <inheritdoc/>
    protected override void Process()
    {
        var policy = this.MakePolicy(LoadSettings());
        var path = LocateRepository();
        var mustAsk = MustAsk(Force);
        Run(async worker =>
        {
            var repository = FolderRepository.Open(path, create: false);
            using var progress = new ProgressRelay(worker);
            var result = await new RetentionRun(repository).RunAsync(
                policy, new AuditTrail(path, projects: false, worker.Warning), mustAsk ? AskAsync : null, progress,
                worker.Cancellation).ConfigureAwait(false);
            foreach (var decision in result.Decisions)
                worker.Output(decision);
            foreach (var (database, why) in result.Halted)
                worker.Warning($"Nothing of database {database} is removed at present. {why}");

            Task<bool> AskAsync(RetentionDecision decision) => worker.ShouldProcessAsync(
                $"{decision.Id} in {path}: {decision.Reason}",
                decision.Action == RetentionAction.Purge ? "Delete from the trash" : "Move to the trash");
        });
    }
}
