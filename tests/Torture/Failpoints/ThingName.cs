using Grap.Repositories;

namespace Grap.Tests.Torture.Failpoints;

/// <summary>What a file in a repository is, in the words of docs/repository.md.</summary>
internal static class ThingName
{
    public const string Lock = "lock";
    public const string TemporaryArchive = "temporary archive";

    public static bool IsLockOrClaim(string thing) =>
        thing.EndsWith(Lock, StringComparison.Ordinal) || thing.EndsWith("claim", StringComparison.Ordinal);

    public static string Of(string path)
    {
        var name = Path.GetFileName(path);
        return name switch
        {
            RepositoryLayout.Identity => "identity",
            RepositoryLayout.Lock => Lock,
            RepositoryLayout.JournalLock => "journal lock",
            RepositoryLayout.Journal => "journal",
            _ when RepositoryLayout.ClaimedLock(name) is not null => "claim",
            _ when RepositoryLayout.IsJournalLeftover(name) =>
                name.EndsWith(".partial", StringComparison.Ordinal) ? "journal copy" : "journal claim",
            _ when RepositoryLayout.IsTemporary(name) => Temporary(name),
            _ when RepositoryLayout.IsRemoved(name, out _, out _) => "removed archive",
            _ when RepositoryLayout.IsTrashed(name, out _, out _) => "trashed archive",
            _ => Backup(name),
        };
    }

    private static string Temporary(string name) =>
        // .<name>.<32 hex digits>.partial
        "temporary " + Backup(name[1..^(".partial".Length + 33)]);

    private static string Backup(string name) =>
        RepositoryLayout.ChecksumId(name) is not null ? "checksum"
        : RepositoryLayout.ArchiveId(name) is not null ? "archive"
        : RepositoryLayout.SummaryId(name) is not null ? "summary"
        : "folder";
}
