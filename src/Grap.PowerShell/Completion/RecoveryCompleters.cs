using Grap.Recovery.States;
using Grap.Repositories;

namespace Grap.PowerShell.Completion;

/// <summary>Completes databases of which there is a recovery.</summary>
public sealed class RecoveredDatabaseCompleter : GrapCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene) =>
        new RecoveryBook(FolderRepository.Open(scene.RepositoryPath, create: false)).List()
            .Select(static record => new Suggestion(record.Database, $"{record.Status}, backup {record.BackupId}"));
}
