using System.Management.Automation;
using Grap.Backups;
using Grap.PowerShell.Backups;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Repositories;
using Grap.PowerShell.Running;
using Grap.Repositories;

namespace Grap.PowerShell;

/// <summary>Lists backups, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "GrapBackup")]
[OutputType(typeof(Backup))]
public sealed class GetGrapBackupCommand : RepositoryCommand
{
    /// <summary>Ids or patterns, or backups to look at again.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [BackupArgument]
    [ArgumentCompleter(typeof(BackupIdCompleter))]
    public BackupReference[]? Id { get; set; }

    /// <summary>Only the newest of those that the other parameters leave.</summary>
    [Parameter]
    public SwitchParameter Latest { get; set; }

    /// <summary>Only those of this status.</summary>
    [Parameter]
    public BackupStatus[]? Status { get; set; }

    /// <summary>Only those completed at this time or later.</summary>
    [Parameter]
    public DateTimeOffset? After { get; set; }

    /// <summary>Only those completed before this time.</summary>
    [Parameter]
    public DateTimeOffset? Before { get; set; }

    /// <summary>Only those with any of these tags; patterns allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TagCompleter))]
    public string[]? Tag { get; set; }

    /// <summary>Only those of these databases; patterns allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(BackedUpDatabaseCompleter))]
    public string[]? Database { get; set; }

    /// <summary>Those in the trash instead of the others.</summary>
    [Parameter]
    public SwitchParameter Trashed { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        var trashed = Trashed.IsPresent;
        var filter = new BackupFilter(Status, After, Before, Tag, Database);
        var latest = Latest.IsPresent;
        var references = Id ?? [new BackupReference("*", null)];
        var wanted = references
            .GroupBy(reference => LocateRepository(reference.Repository), reference => reference.Id).ToArray();
        var repositoryMayDiffer = RepositoryComesWithInput;
        Run(worker =>
        {
            foreach (var ids in wanted)
            {
                try
                {
                    var repository = FolderRepository.Open(ids.Key, create: false);
                    var found = ids
                        .SelectMany(id => trashed ? FindTrashed(worker, repository, id) : Find(worker, repository, id))
                        .Where(filter.Matches);
                    foreach (var backup in latest ? found.OrderByDescending(backup => backup.CreatedAt).Take(1) : found)
                        worker.Output(backup);
                }
                catch (GrapException e) when (repositoryMayDiffer)
                {
                    worker.Error(ErrorRecords.From(e, ids.Key));
                }
            }
            return Task.CompletedTask;
        });
    }

    // An id may be there several times: it was used again after each removal.
    private static List<Backup> FindTrashed(PipelineWorker worker, FolderRepository repository, string id)
    {
        var pattern = WildcardPattern.Get(id, WildcardOptions.IgnoreCase);
        var found = repository.ListTrash().Where(backup => pattern.IsMatch(backup.Id)).ToList();
        if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(id))
            worker.Error(ErrorRecords.From(new GrapException(GrapCondition.BackupNotFound,
                $"There is no backup '{id}' in the trash of '{repository.Path}'.",
                "Get-GrapBackup -Trashed lists what is there. What was purged is gone.", id)));
        return found;
    }

    /// <summary>An exact id must be there; a pattern matches what it matches.</summary>
    private static IEnumerable<Backup> Find(PipelineWorker worker, FolderRepository repository, string id)
    {
        if (WildcardPattern.ContainsWildcardCharacters(id))
        {
            var pattern = WildcardPattern.Get(id, WildcardOptions.IgnoreCase);
            return repository.List(worker.Warning).Where(backup => pattern.IsMatch(backup.Id));
        }
        try
        {
            return [repository.Get(id)];
        }
        catch (GrapException e)
        {
            worker.Error(ErrorRecords.From(e, id));
            return [];
        }
    }
}
