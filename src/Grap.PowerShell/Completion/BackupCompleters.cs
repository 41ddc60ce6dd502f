using Grap.Backups;
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

file static class Counting
{
    public static IEnumerable<(string Key, int Count)> CountBy(this IEnumerable<string> texts) =>
        texts.GroupBy(text => text, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count()));
}
