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

    /// <summary>Production no longer starts: its folders as they are become the safety copy.</summary>
    [Parameter]
    public SwitchParameter ProductionUnavailable { get; set; }

    private protected override bool IsProductionUnavailable => ProductionUnavailable;

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _mustAsk = MustAsk(Force);
        _isRehearsal = IsRehearsal;
        _strategy = ProductionUnavailable ? PromotionStrategy.Swap
            : Strategy == Auto ? null
            : Enum.Parse<PromotionStrategy>(Strategy);
        if (ProductionUnavailable && Strategy == nameof(PromotionStrategy.Apply))
        {
            throw new GrapException(GrapCondition.SettingInvalid,
                "Nothing can be applied to production while it does not start.", "Use -Strategy Swap.", Strategy);
        }
    }

    private protected override bool OnlySwaps(RecoveryRecord record) => _strategy == PromotionStrategy.Swap
        || record.Promotion is { Stage: PromotionStage.Promoting, Strategy: PromotionStrategy.Swap };

    private protected override async Task ProcessAsync(
        PipelineWorker worker, PromotionScene scene, RecoveryRecord record, string production)
    {
        PromotionStrategy strategy;
        if (!_mustAsk)
        {
            strategy = await scene.AskAsync((promoter, progress) => promoter.ChooseAsync(
                record.Database, _strategy, progress, worker.Cancellation)).ConfigureAwait(false);
        }
        else
        {
            var plan = await scene.AskAsync((promoter, progress) => promoter.PlanAsync(
                record.Database, _strategy, progress, worker.Cancellation)).ConfigureAwait(false);
            strategy = plan.Strategy;
            foreach (var remark in plan.Remarks)
                worker.Warning(remark);
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
