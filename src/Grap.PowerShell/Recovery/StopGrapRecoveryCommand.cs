using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Recovery;
using Grap.Recovery.States;

namespace Grap.PowerShell;

/// <summary>Ends a recovery that is under way, whichever session works on it.</summary>
[Cmdlet(VerbsLifecycle.Stop, "GrapRecovery", SupportsShouldProcess = true)]
[OutputType(typeof(RecoveryRecord))]
public sealed class StopGrapRecoveryCommand : RecoveryCommand
{
    private protected override async Task ProcessAsync(RecoveryScene scene)
    {
        var database = scene.Database;
        if (!await scene.Worker.ShouldProcessAsync($"the recovery of database {database}", "Stop and remove staging")
            .ConfigureAwait(false))
            return;
        scene.Worker.Output(await scene.Trail.RunAsync(AuditedOperation.DiscardRecovery(database), () =>
            scene.Book.StopAsync(database, scene.Worker.Cancellation)).ConfigureAwait(false));
        await scene.Mirror.ShowAsync().ConfigureAwait(false);
    }
}
