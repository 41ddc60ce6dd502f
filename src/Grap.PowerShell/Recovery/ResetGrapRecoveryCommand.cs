using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Recovery;
using Grap.Recovery.States;

namespace Grap.PowerShell;

/// <summary>Discards what a recovery left: staging, validated or not.</summary>
[Cmdlet(VerbsCommon.Reset, "GrapRecovery", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(RecoveryRecord))]
public sealed class ResetGrapRecoveryCommand : RecoveryCommand
{
    private bool _mustAsk;

    /// <summary>Discards without a question.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Forgets a staging folder on a machine that is gone.</summary>
    [Parameter]
    public SwitchParameter MachineLost { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _mustAsk = MustAsk(Force);
    }

    private protected override async Task ProcessAsync(RecoveryScene scene)
    {
        var database = scene.Database;
        var record = scene.Book.Read(database);
        if (_mustAsk && !await scene.Worker.ShouldProcessAsync(
            $"{record.Status} of database {database}, backup {record.BackupId}", "Discard and remove staging")
            .ConfigureAwait(false))
            return;
        scene.Worker.Output(await scene.Trail.RunAsync(AuditedOperation.DiscardRecovery(database), () =>
            Task.FromResult(scene.Book.Reset(database, MachineLost, scene.Worker.Cancellation))).ConfigureAwait(false));
        await scene.Mirror.ShowAsync().ConfigureAwait(false);
    }
}
