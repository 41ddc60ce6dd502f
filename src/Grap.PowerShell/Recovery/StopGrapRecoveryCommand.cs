using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Recovery;
using Grap.Recovery.States;

namespace Grap.PowerShell;

/// <summary>Ends a recovery that is under way, whichever session works on it, or the server that one left
/// running.</summary>
[Cmdlet(VerbsLifecycle.Stop, "GrapRecovery", SupportsShouldProcess = true)]
[OutputType(typeof(RecoveryRecord))]
public sealed class StopGrapRecoveryCommand : RecoveryCommand
{
    private protected override async Task ProcessAsync(RecoveryScene scene)
    {
        var database = scene.Database;
        var ended = scene.Book.Read(database) is { UnderWay: false, StagingServer: not null };
        var action = ended ? "Stop staging's server" : "Stop and remove staging";
        if (!await scene.Worker.ShouldProcessAsync($"the recovery of database {database}", action)
            .ConfigureAwait(false))
            return;
        scene.Worker.Output(await scene.Trail.RunAsync(AuditedOperation.DiscardRecovery(database), () =>
            scene.Book.StopAsync(database, scene.Worker.Cancellation)).ConfigureAwait(false));
        await scene.Mirror.ShowAsync().ConfigureAwait(false);
    }
}
