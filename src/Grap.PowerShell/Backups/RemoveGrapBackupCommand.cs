using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Backups;
using Grap.PowerShell.Running;
using Grap.Repositories;

namespace Grap.PowerShell;

/// <summary>Removes backups.</summary>
[Cmdlet(VerbsCommon.Remove, "GrapBackup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
public sealed class RemoveGrapBackupCommand : BackupCommand
{
    private bool _mustAsk;

    /// <summary>Removes without a question, also protected backups and the last verified one.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        _mustAsk = MustAsk(Force);
    }

    private protected override async Task ProcessAsync(
        PipelineWorker worker, AuditTrail trail, FolderRepository repository, string id)
    {
        var backup = repository.Get(id);
        if (_mustAsk &&
            !await worker.ShouldProcessAsync($"{id} in {repository.Path}", "Remove backup").ConfigureAwait(false))
            return;
        await trail.RunAsync(AuditedOperation.RemoveBackup(backup.Id), () =>
        {
            using var held = repository.Lock("Remove-GrapBackup", worker.Cancellation);
            repository.Remove(backup.Id, held, Force);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
    }
}
