using System.Management.Automation;
using Grap.Backups;

namespace Grap.PowerShell.Backups;

/// <summary>Which backups are wanted; a null condition asks nothing.</summary>
internal sealed class BackupFilter(
    IReadOnlyCollection<BackupStatus>? statuses, DateTimeOffset? after, DateTimeOffset? before,
    IReadOnlyCollection<string>? tags, IReadOnlyCollection<string>? databases)
{
    private readonly WildcardPattern[]? _tags = Patterns(tags);
    private readonly WildcardPattern[]? _databases = Patterns(databases);

    /// <summary>True where every condition holds. Times include <c>after</c> and exclude <c>before</c>.</summary>
    public bool Matches(Backup backup) =>
        (statuses is null || statuses.Contains(backup.Status)) &&
        (after is null || backup.CreatedAt >= after) &&
        (before is null || backup.CreatedAt < before) &&
        (_tags is null || backup.Tags.Any(tag => AnyMatches(_tags, tag))) &&
        (_databases is null || AnyMatches(_databases, backup.Database));

    private static bool AnyMatches(WildcardPattern[] patterns, string text) =>
        Array.Exists(patterns, pattern => pattern.IsMatch(text));

    private static WildcardPattern[]? Patterns(IReadOnlyCollection<string>? texts) =>
        texts?.Select(text => WildcardPattern.Get(text, WildcardOptions.IgnoreCase)).ToArray();
}
