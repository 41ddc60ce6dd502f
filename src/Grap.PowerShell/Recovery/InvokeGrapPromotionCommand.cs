using System.Globalization;
using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Recovery;
using Grap.PowerShell.Running;
using Grap.Recovery.Promotion;
using Grap.Recovery.States;

namespace Grap.PowerShell;

/// <summary>Makes what was recovered and validated production's.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "GrapPromotion", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High,
    DefaultParameterSetName = ByAddress)]
[OutputType(typeof(PromotionResult))]
[OutputType(typeof(PromotionPlan))]
public sealed class InvokeGrapPromotionCommand : PromotionCommand
{
    private const string Auto = "Auto";

    private bool _mustAsk;
    private bool _isRehearsal;
    private PromotionStrategy? _strategy;

    /// <summary>How production is changed.</summary>
    [Parameter]
    [ValidateSet(Auto, nameof(PromotionStrategy.Apply), nameof(PromotionStrategy.Swap))]
    public string Strategy { get; set; } = Auto;

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _mustAsk = MustAsk(Force);
        _isRehearsal = IsRehearsal;
        _strategy = Strategy == Auto ? null : Enum.Parse<PromotionStrategy>(Strategy);
    }

    private protected override async Task ProcessAsync(
        PipelineWorker worker, PromotionScene scene, RecoveryRecord record, string production)
    {
        var strategy = _strategy ?? PromotionStrategy.Apply;
        if (_mustAsk)
        {
            var plan = await scene.AskAsync((promoter, progress) => promoter.PlanAsync(
                record.Database, _strategy, progress, worker.Cancellation)).ConfigureAwait(false);
            strategy = plan.Strategy;
            var goesOn = await worker.ShouldProcessAsync(
                $"{production}: {Describe(plan)}", $"Promote backup {record.BackupId} by {plan.Strategy}")
                .ConfigureAwait(false);
            if (_isRehearsal)
                worker.Output(plan);
            if (!goesOn)
                return;
        }
        await scene.ChangeAsync(AuditedOperation.PromoteRecovery(record.Database), (promoter, progress) =>
            promoter.PromoteAsync(record.Database, strategy, progress, worker.Cancellation)).ConfigureAwait(false);
    }

    private static string Describe(PromotionPlan plan) => plan is { Nodes: { } nodes, Relationships: { } relationships }
        ? string.Create(CultureInfo.InvariantCulture,
            $"nodes {nodes}, relationships {relationships}, {plan.Schema.Count} indexes and constraints. ")
            + plan.Reason
        : plan.Reason;
}
