using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Grap.Repositories;

/// <summary>Names of the files in a repository (docs/repository.md).</summary>
internal static partial class RepositoryLayout
{
    public const string Identity = "grap-repository.json";
    public const string Journal = "journal.jsonl";
    public const string Lock = "lock";
    public const string JournalLock = "journal.lock";
    public const string JobLock = "job.lock";
    public const string JobLog = "job.log";
    public const string JobLogLock = "job.log.lock";
    public const string ArchiveEnd = ".grap";
    public const string SummaryEnd = ".json";
    public const string ChecksumEnd = ".grap.sha256";
    private const string RecoveryEnd = ".recovery";

    /// <summary>The record of a database's recovery.</summary>
    public static string Recovery(string database) => database + RecoveryEnd;

    /// <summary>The lock of whoever works on it.</summary>
    public static string RecoveryLock(string database) => $"{Recovery(database)}.lock";

    /// <summary>A request to that one to stop: the token of the lock it is meant for.</summary>
    public static string RecoveryStop(string database) => $"{Recovery(database)}.stop";

    /// <summary>Whether a database can have this name: Neo4j's rule, which is also that of a file's name.</summary>
    public static bool IsDatabaseName(string name) => DatabaseName().IsMatch(name);

    /// <summary>The database in <c>&lt;database&gt;.recovery</c>; null for any other name.</summary>
    public static string? RecoveredDatabase(string name) =>
        name.EndsWith(RecoveryEnd, StringComparison.Ordinal) && IsDatabaseName(name[..^RecoveryEnd.Length])
            ? name[..^RecoveryEnd.Length]
            : null;

    /// <summary>Whether a writer of this database's record may have left the file.</summary>
    public static bool IsRecoveryTemporary(string name, string database) =>
        TemporaryName().Match(name) is { Success: true } match && match.Groups["name"].Value == Recovery(database);

    /// <summary>A name that no reader takes for a backup, and that only one run uses.</summary>
    public static string Temporary(string name) => $".{name}.{Guid.NewGuid():N}.partial";

    /// <summary>The name of an archive between its removal and its deletion; it says which archive, so that the journal
    /// can.</summary>
    public static string Removed(string id, Guid archiveId) => $".{id}.{archiveId:N}.removed";

    /// <summary>What the job's log is called after it was put aside so many times.</summary>
    public static string OldJobLog(int number) => $"job.{number}.log";

    /// <summary>The token of the job's lock, or of its log's, that a claim is for; null for any other name.</summary>
    public static string? ClaimedJobLock(string name) =>
        ClaimName().Match(name) is { Success: true } match && match.Groups["lock"].Value is JobLock or JobLogLock
            ? match.Groups["token"].Value
            : null;

    /// <summary>The name of an archive in the trash.</summary>
    public static string Trashed(string id, Guid archiveId) => $".{id}.{archiveId:N}.trashed";

    /// <summary>Whether <paramref name="name"/> is a temporary file of a run that held the repository's lock.</summary>
    public static bool IsTemporary(string name) =>
        TemporaryName().Match(name) is { Success: true } match
        && (match.Groups["name"].Value == Identity || BackupOf(match.Groups["name"].Value) is not null);

    /// <summary>Whether Grap gave a file this name for itself: neither a backup's nor somebody else's.</summary>
    public static bool IsOwn(string name) =>
        name is Identity or Journal or Lock or JournalLock or JobLock or JobLog or JobLogLock
        || OldJobLogName().IsMatch(name) || ClaimName().IsMatch(name) || IsJournalLeftover(name) || IsTemporary(name)
        || IsRemoved(name, out _, out _) || IsTrashed(name, out _, out _)
        || RecoveryName().IsMatch(name);

    /// <summary>The token of the repository's lock that a claim is for; null for any other name.</summary>
    public static string? ClaimedLock(string name) =>
        ClaimName().Match(name) is { Success: true } match && match.Groups["lock"].Value == Lock
            ? match.Groups["token"].Value
            : null;

    /// <summary>Whether a repair of the journal, or a claim on its lock, may have left the file.</summary>
    public static bool IsJournalLeftover(string name) =>
        (ClaimName().Match(name) is { Success: true } claim && claim.Groups["lock"].Value == JournalLock)
        || (TemporaryName().Match(name) is { Success: true } temporary && temporary.Groups["name"].Value == Journal);

    /// <summary>The name under which a claim to remove a dead owner's lock stands.</summary>
    public static string Claim(string lockName, string token) => $".{lockName.TrimStart('.')}.{token}";

    /// <summary>What <c>&lt;id&gt;.grap.sha256</c> holds, in the form that <c>sha256sum -c</c> reads.</summary>
    public static string Checksum(string id, ReadOnlySpan<byte> sha256) =>
        $"{Convert.ToHexString(sha256).ToLowerInvariant()}  {id}{ArchiveEnd}\n";

    public static bool IsChecksumOf(string text, string id) =>
        text.Length > 64 && text[..64].All(char.IsAsciiHexDigitLower) && text[64..] == $"  {id}{ArchiveEnd}\n";

    public static bool IsRemoved(string name, [NotNullWhen(true)] out string? id, out Guid archiveId) =>
        IsSetAside(RemovedName().Match(name), out id, out archiveId);

    public static bool IsTrashed(string name, [NotNullWhen(true)] out string? id, out Guid archiveId) =>
        IsSetAside(TrashedName().Match(name), out id, out archiveId);

    private static bool IsSetAside(Match match, [NotNullWhen(true)] out string? id, out Guid archiveId)
    {
        id = match.Groups["id"].Value;
        archiveId = match.Success ? Guid.ParseExact(match.Groups["archive"].Value, "N") : Guid.Empty;
        return match.Success && BackupId.IsValid(id);
    }

    /// <summary>The id in <c>&lt;id&gt;.grap</c>; null for any other name.</summary>
    public static string? ArchiveId(string name) => Id(name, ArchiveEnd);

    /// <summary>The id in <c>&lt;id&gt;.json</c>; null for any other name.</summary>
    public static string? SummaryId(string name) => name == Identity ? null : Id(name, SummaryEnd);

    /// <summary>The id in <c>&lt;id&gt;.grap.sha256</c>; null for any other name.</summary>
    public static string? ChecksumId(string name) => Id(name, ChecksumEnd);

    private static string? BackupOf(string name) => ArchiveId(name) ?? ChecksumId(name) ?? SummaryId(name);

    private static string? Id(string name, string end) =>
        name.EndsWith(end, StringComparison.Ordinal) && BackupId.IsValid(name[..^end.Length])
            ? name[..^end.Length]
            : null;

    [GeneratedRegex(@"^\.(?<name>[^/\\]+)\.[0-9a-f]{32}\.partial$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TemporaryName();

    [GeneratedRegex(@"^\.(?<id>[^/\\]+)\.(?<archive>[0-9a-f]{32})\.removed$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RemovedName();

    [GeneratedRegex(@"^\.(?<id>[^/\\]+)\.(?<archive>[0-9a-f]{32})\.trashed$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TrashedName();

    [GeneratedRegex(
        @"^\.(?<lock>((journal|job|job\.log)\.)?lock)\.(?<token>[0-9a-f]{32})(\.[0-9a-f]{32})*$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ClaimName();

    [GeneratedRegex(@"^job\.[0-9]\.log$", RegexOptions.None, 1000)]
    private static partial Regex OldJobLogName();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9.-]{0,62}$", RegexOptions.None, 1000)]
    private static partial Regex DatabaseName();

    [GeneratedRegex(
        @"^(\.?[A-Za-z][A-Za-z0-9.-]{0,62}\.recovery)(\.(lock|stop))?(\.[0-9a-f]{32})*(\.partial)?$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RecoveryName();
}
