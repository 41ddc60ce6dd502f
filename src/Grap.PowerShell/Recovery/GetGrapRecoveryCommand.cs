using System.Management.Automation;
using Grap.PowerShell.Recovery;
using Grap.Recovery.States;

namespace Grap.PowerShell;

/// <summary>Says where recoveries are.</summary>
[Cmdlet(VerbsCommon.Get, "GrapRecovery")]
[OutputType(typeof(RecoveryRecord))]
public sealed class GetGrapRecoveryCommand : RecoveryCommand
{
    private protected override Task ProcessAsync(RecoveryScene scene)
    {
        foreach (var record in scene.Named is { } database ? [scene.Book.Read(database)] : scene.Book.List())
            RecoveryOutput.Write(scene.Worker, record);
        return Task.CompletedTask;
    }
}
