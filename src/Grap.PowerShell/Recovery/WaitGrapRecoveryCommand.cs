using System.Management.Automation;
using Grap.PowerShell.Recovery;
using Grap.PowerShell.Running;
using Grap.Recovery.States;

namespace Grap.PowerShell;

/// <summary>Waits until a recovery that another session works on has ended.</summary>
[Cmdlet(VerbsLifecycle.Wait, "GrapRecovery")]
[OutputType(typeof(RecoveryRecord))]
public sealed class WaitGrapRecoveryCommand : RecoveryCommand
{
    private static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(500);

    /// <summary>Most seconds to wait; 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Timeout { get; set; }

    private protected override async Task ProcessAsync(RecoveryScene scene)
    {
        var database = scene.Database;
        var began = TimeProvider.System.GetTimestamp();
        using var progress = new ProgressRelay(scene.Worker);
        RecoveryRecord record;
        while ((record = scene.Book.Read(database)) is { UnderWay: true, Interrupted: false } && !IsOver(began))
        {
            progress.Report(new WorkProgress(
                $"Recovering {database}", $"{record.Status}, backup {record.BackupId}", record.ProgressPercent / 100.0));
            await Task.Delay(s_every, scene.Worker.Cancellation).ConfigureAwait(false);
        }
        RecoveryOutput.Write(scene.Worker, record);
    }

    private bool IsOver(long began) =>
        Timeout > 0 && TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromSeconds(Timeout);
}
