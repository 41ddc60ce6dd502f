using Grap.Repositories;

namespace Grap.PowerShell.Completion;

/// <summary>Completes operations that the audit log has.</summary>
public sealed class AuditedOperationCompleter : GrapCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene) =>
        FolderRepository.Open(scene.RepositoryPath, create: false).Journal.Read()
            .GroupBy(entry => entry.Operation, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new Suggestion(group.Key, $"{group.Count()} entries"));
}
