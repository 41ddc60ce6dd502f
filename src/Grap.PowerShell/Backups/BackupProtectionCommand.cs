using Grap.Audit;
using Grap.Backups;
using Grap.PowerShell.Running;
using Grap.Repositories;

namespace Grap.PowerShell.Backups;

/// <summary>Pins or unpins backups.</summary>
public abstract class BackupProtectionCommand : BackupCommand
{
    private protected abstract bool Protects { get; }

    private protected override async Task ProcessAsync(
        PipelineWorker worker, AuditTrail trail, FolderRepository repository, string id)
    {
        var backup = repository.Get(id);
        var action = Protects ? "Protect backup" : "Unprotect backup";
        if (!await worker.ShouldProcessAsync($"{id} in {repository.Path}", action).ConfigureAwait(false))
            return;
        worker.Output(await trail.RunAsync(AuditedOperation.ProtectBackup(backup.Id, Protects), () =>
            Task.FromResult(Set(repository, backup.Id, action, worker.Cancellation))).ConfigureAwait(false));
    }

    private Backup Set(FolderRepository repository, string id, string action, CancellationToken cancellation)
    {
        using var held = repository.Lock(action, cancellation);
        return repository.SetProtected(id, Protects, held);
    }
}
