using System.Management.Automation;
using Grap.Audit;
using Grap.Backups;
using Grap.PowerShell.Backups;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Running;
using Grap.Repositories;

namespace Grap.PowerShell;

/// <summary>Brings backups back from the trash. It has nothing to do with restoring a database.</summary>
[Cmdlet(VerbsCommon.Undo, "GrapBackupRemoval", SupportsShouldProcess = true)]
[OutputType(typeof(Backup))]
public sealed class UndoGrapBackupRemovalCommand : BackupCommand
{
    /// <summary>Ids, or backups in the trash.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [BackupArgument]
    [ArgumentCompleter(typeof(TrashedBackupIdCompleter))]
    [ValidateNotNullOrEmpty]
    public override BackupReference[] Id { get; set; } = [];

    private protected override async Task ProcessAsync(
        PipelineWorker worker, AuditTrail trail, FolderRepository repository, string id)
    {
        if (!await worker.ShouldProcessAsync($"{id} in {repository.Path}", "Bring back from the trash")
            .ConfigureAwait(false))
            return;
        worker.Output(await trail.RunAsync(AuditedOperation.UndoRemoval(id), () => Task.Run(() =>
        {
            using var held = repository.Lock("Undo-GrapBackupRemoval", worker.Cancellation);
            return repository.UndoRemoval(id, held, worker.Cancellation);
        }, worker.Cancellation)).ConfigureAwait(false));
    }
}
