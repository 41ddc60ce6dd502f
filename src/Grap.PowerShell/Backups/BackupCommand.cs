using System.Management.Automation;
using Grap.Audit;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;
using Grap.Repositories;

namespace Grap.PowerShell.Backups;

/// <summary>A command that does something with each of several backups. What goes wrong with one is written as an
/// error, and the next has its turn; a repository that all of them share and that cannot be used ends the
/// command.</summary>
public abstract class BackupCommand : RepositoryCommand
{
    private FolderRepository? _opened;

    /// <summary>Ids, or backups.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [BackupArgument]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    [ValidateNotNullOrEmpty]
    public virtual BackupReference[] Id { get; set; } = [];

    /// <summary>Does it, beside the pipeline thread. What changes something is run through
    /// <paramref name="trail"/>.</summary>
    private protected abstract Task ProcessAsync(
        PipelineWorker worker, AuditTrail trail, FolderRepository repository, string id);

    /// <inheritdoc/>
    protected override void Process()
    {
        var wanted = Array.ConvertAll(Id, reference => (reference.Id, Path: LocateRepository(reference.Repository)));
        var repositoryMayDiffer = RepositoryComesWithInput;
        Run(async worker =>
        {
            foreach (var (id, path) in wanted)
            {
                worker.Cancellation.ThrowIfCancellationRequested();
                var opened = false;
                try
                {
                    var repository = Open(path);
                    opened = true;
                    // No session, hence nothing to show it in: the next command that has one does.
                    var trail = new AuditTrail(path, projects: false, worker.Warning);
                    await ProcessAsync(worker, trail, repository, id).ConfigureAwait(false);
                }
                catch (GrapException e) when (opened || repositoryMayDiffer)
                {
                    worker.Error(ErrorRecords.From(e, id));
                }
            }
        });
    }

    private FolderRepository Open(string path)
    {
        // The input mostly stands in one repository: opened once.
        if (_opened?.Path != path)
            _opened = FolderRepository.Open(path, create: false);
        return _opened;
    }
}
