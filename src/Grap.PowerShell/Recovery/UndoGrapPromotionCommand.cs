using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Recovery;
using Grap.PowerShell.Running;
using Grap.Recovery.Promotion;
using Grap.Recovery.States;

namespace Grap.PowerShell;

/// <summary>Makes production what it was before a promotion.</summary>
[Cmdlet(VerbsCommon.Undo, "GrapPromotion", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High,
    DefaultParameterSetName = ByAddress)]
[OutputType(typeof(PromotionResult))]
public sealed class UndoGrapPromotionCommand : PromotionCommand
{
    private bool _mustAsk;

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _mustAsk = MustAsk(Force);
    }

    private protected override bool OnlySwaps(RecoveryRecord record) =>
        record.Promotion is { Strategy: PromotionStrategy.Swap };

    private protected override async Task ProcessAsync(
        PipelineWorker worker, PromotionScene scene, RecoveryRecord record, string production)
    {
        var promotion = Promoter.CheckCanUndo(record);
        if (_mustAsk && !await worker.ShouldProcessAsync(
            production, $"Undo the promotion of backup {record.BackupId}, back to {promotion.SafetyBackupId ?? "its folders"}")
            .ConfigureAwait(false))
            return;
        await scene.ChangeAsync(AuditedOperation.UndoPromotion(record.Database), (promoter, progress) =>
            promoter.UndoAsync(record.Database, progress, worker.Cancellation)).ConfigureAwait(false);
    }
}
