using Grap.Backups;
using Grap.Graphs;
using Grap.Repositories;

namespace Grap.PowerShell.Completion;

/// <summary>Completes from the backups of the repository that the command would use.</summary>
public abstract class BackupListCompleter : GrapCompleter
{
    private protected static IEnumerable<Backup> Backups(CompletionScene scene) =>
        FolderRepository.Open(scene.RepositoryPath, create: false).List();
}

/// <summary>Completes ids, newest first.</summary>
public sealed class BackupIdCompleter : BackupListCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene) =>
        Backups(scene).Select(backup => new Suggestion(backup.Id, Describe(backup)));

    private static string Describe(Backup backup) =>
        $"{backup.Database} at {backup.CreatedAt.ToLocalTime():g}, {backup.Nodes:N0} nodes, " +
        $"{backup.Relationships:N0} relationships, {backup.Exactness}, {backup.Status}" +
        (backup.VerifiedLevel == VerificationLevel.None ? "" : $", verified: {backup.VerifiedLevel}");
}

/// <summary>Completes ids in the trash, the last removed first.</summary>
public sealed class TrashedBackupIdCompleter : GrapCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene) =>
        FolderRepository.Open(scene.RepositoryPath, create: false).ListTrash().Select(static backup => new Suggestion(
            backup.Id,
            $"{backup.Database} at {backup.CreatedAt.ToLocalTime():g}, removed {backup.TrashedAt?.ToLocalTime():g}"));
}

/// <summary>Completes tags in use.</summary>
public sealed class TagCompleter : BackupListCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene) =>
        Backups(scene).SelectMany(backup => backup.Tags).CountBy()
            .Select(tag => new Suggestion(tag.Key, $"on {tag.Count} backups"));
}

/// <summary>Completes databases that have a backup.</summary>
public sealed class BackedUpDatabaseCompleter : BackupListCompleter
{
    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene) =>
        Backups(scene).Select(backup => backup.Database).CountBy()
            .Select(database => new Suggestion(database.Key, $"{database.Count} backups"));
}

/// <summary>Completes names that elements of a backup have: of the one that is named, or else of the newest.</summary>
public abstract class BackedUpNameCompleter : BackupListCompleter
{
    private protected abstract string What { get; }

    private protected abstract IReadOnlyDictionary<string, long> Names(GraphCounts counts);

    private protected override IEnumerable<Suggestion> Suggest(CompletionScene scene)
    {
        var backups = Backups(scene);
        var backup = scene.Id is { } id ? backups.FirstOrDefault(b => b.Id == id) : backups.FirstOrDefault();
        return backup?.Manifest is not { } manifest ? [] : Names(manifest.Counts)
            .OrderBy(static name => name.Key, StringComparer.Ordinal)
            .Select(name => new Suggestion(name.Key, $"{name.Value:N0} {What} in {backup.Id}"));
    }
}

/// <summary>Completes labels that nodes of a backup have.</summary>
public sealed class BackedUpLabelCompleter : BackedUpNameCompleter
{
    private protected override string What => "nodes";

    private protected override IReadOnlyDictionary<string, long> Names(GraphCounts counts) => counts.NodesByLabel;
}

/// <summary>Completes types that relationships of a backup have.</summary>
public sealed class BackedUpTypeCompleter : BackedUpNameCompleter
{
    private protected override string What => "relationships";

    private protected override IReadOnlyDictionary<string, long> Names(GraphCounts counts) =>
        counts.RelationshipsByType;
}

file static class Counting
{
    public static IEnumerable<(string Key, int Count)> CountBy(this IEnumerable<string> texts) =>
        texts.GroupBy(text => text, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count()));
}
