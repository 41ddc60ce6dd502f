using Grap.PowerShell.Running;
using Grap.Repositories;

namespace Grap.PowerShell.Backups;

/// <summary>Pins or unpins backups.</summary>
public abstract class BackupProtectionCommand : BackupCommand
{
    private protected abstract bool Protects { get; }

    private protected override async Task ProcessAsync(PipelineWorker worker, FolderRepository repository, string id)
    {
        var backup = repository.Get(id);
        var action = Protects ? "Protect backup" : "Unprotect backup";
        if (!await worker.ShouldProcessAsync($"{id} in {repository.Path}", action).ConfigureAwait(false))
            return;
        using var held = repository.Lock(action, worker.Cancellation);
        worker.Output(repository.SetProtected(backup.Id, Protects, held));
    }
}
