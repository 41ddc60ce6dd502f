using System.Globalization;
using Grap.Backups;
using Grap.Verification;

namespace Grap.Repositories;

/// <summary>What was proven of one archive.</summary>
/// <param name="Level">The highest level at which it last passed, if it has not failed since.</param>
/// <param name="At">When that was.</param>
/// <param name="FailedLevel">The level at which it was found damaged, if it has not passed that level since; else
/// None.</param>
/// <param name="Problem">What was found then.</param>
/// <param name="Content">What was in it when it was last restored; null if it never was.</param>
internal sealed record ArchiveProof(
    VerificationLevel Level, DateTimeOffset? At, VerificationLevel FailedLevel = VerificationLevel.None,
    string? Problem = null, ProvenContent? Content = null);

/// <summary>What a restore found in an archive, as far as a listing shows it.</summary>
internal sealed record ProvenContent(long Nodes, long Relationships, string Fingerprint)
{
    private const string NodesName = "nodes";
    private const string RelationshipsName = "relationships";
    private const string FingerprintName = "fingerprint";

    /// <summary>Puts it into an entry's details.</summary>
    public static void Write(RestoredContent content, Dictionary<string, string> details)
    {
        details[NodesName] = content.Counts.Nodes.ToString(CultureInfo.InvariantCulture);
        details[RelationshipsName] = content.Counts.Relationships.ToString(CultureInfo.InvariantCulture);
        details[FingerprintName] = content.Fingerprint;
        if (content.Transaction is { } transaction)
            details["transaction"] = transaction.ToString(CultureInfo.InvariantCulture);
        if (content.DroppedIndexes.Count > 0)
            details["droppedIndexes"] = string.Join(", ", content.DroppedIndexes);
    }

    /// <summary>Reads it from an entry's details; null where it is not there.</summary>
    public static ProvenContent? TryRead(IReadOnlyDictionary<string, string> details) =>
        TryCount(details, NodesName, out var nodes) && TryCount(details, RelationshipsName, out var relationships)
        && details.TryGetValue(FingerprintName, out var fingerprint)
            ? new ProvenContent(nodes, relationships, fingerprint)
            : null;

    private static bool TryCount(IReadOnlyDictionary<string, string> details, string name, out long count) =>
        long.TryParse(details.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out count);
}

/// <summary>What the journal says of backups: which exist, which are pinned, what was proven. Proofs and pins belong to
/// an archive, not to an id that may be used again.</summary>
internal sealed class JournalState
{
    public const string Created = "BackupCreated";
    public const string Removed = "BackupRemoved";
    public const string Trashed = "BackupTrashed";
    public const string RemovalUndone = "BackupRemovalUndone";
    public const string Purged = "BackupPurged";
    public const string Verified = "BackupVerified";
    public const string Protected = "BackupProtected";
    public const string Unprotected = "BackupUnprotected";

    /// <summary>The detail of a failed attempt that names the database.</summary>
    public const string Database = "database";

    private readonly Dictionary<string, Guid> _live;
    private readonly HashSet<Guid> _pinned;
    private readonly Dictionary<Guid, ArchiveProof> _proofs;
    private readonly Dictionary<Guid, DateTimeOffset> _trash;
    private readonly Dictionary<Guid, long> _created;
    private readonly List<(long Sequence, string? Database)> _failures;

    public JournalState()
    {
        (_live, _pinned, _proofs) = (new(StringComparer.Ordinal), [], []);
        (_trash, _created, _failures) = ([], [], []);
    }

    private JournalState(JournalState other)
    {
        _live = new(other._live, StringComparer.Ordinal);
        _pinned = [.. other._pinned];
        _proofs = new(other._proofs);
        _trash = new(other._trash);
        _created = new(other._created);
        _failures = [.. other._failures];
        LastEntryAt = other.LastEntryAt;
    }

    /// <summary>When the newest entry was written; null for none.</summary>
    public DateTimeOffset? LastEntryAt { get; private set; }

    /// <summary>A copy that does not change.</summary>
    public JournalState Snapshot() => new(this);

    /// <summary>The archive that the journal knows under an id, if that was created and not removed.</summary>
    public Guid? LiveArchive(string id) => _live.TryGetValue(id, out var archive) ? archive : null;

    public bool IsPinned(Guid archiveId) => _pinned.Contains(archiveId);

    /// <summary>When an archive went to the trash, if it has not left it since.</summary>
    public DateTimeOffset? TrashedAt(Guid archiveId) =>
        _trash.TryGetValue(archiveId, out var at) ? at : null;

    /// <summary>How many attempts to take a backup of a database have failed since the newest of these archives was
    /// taken. An attempt that does not say of which database counts.</summary>
    public int FailuresSince(IEnumerable<Guid> archives, string? database)
    {
        var newest = archives.Max(archive => (long?)_created.GetValueOrDefault(archive)) ?? 0;
        return _failures.Count(failure => failure.Sequence > newest
            && (failure.Database is null || database is null || failure.Database == database));
    }

    public ArchiveProof? ProofOf(Guid archiveId) => _proofs.GetValueOrDefault(archiveId);

    /// <summary>An entry about one archive.</summary>
    public static JournalEntry Entry(
        string operation, string id, Guid archiveId, params (string Name, string Value)[] details)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal) { ["archiveId"] = archiveId.ToString() };
        foreach (var (name, value) in details)
            all[name] = value;
        return new JournalEntry { Operation = operation, EntityId = id, Details = all };
    }

    /// <summary>The entry that keeps a verification's outcome.</summary>
    public static JournalEntry Entry(VerificationResult result, Guid archiveId)
    {
        var entry = Entry(Verified, result.Id, archiveId,
            ("level", result.Level.ToString()), ("outcome", result.Outcome.ToString()),
            ("provenLevel", result.ProvenLevel.ToString()));
        var details = (Dictionary<string, string>)entry.Details;
        if (result.Problems.Count > 0)
            details["problem"] = result.Problems[0];
        if (result.Condition is { } condition)
            details["condition"] = condition.ToString();
        if (result.Content is { } content)
            ProvenContent.Write(content, details);
        return entry with
        {
            Timestamp = result.CheckedAt,
            Result = result.Passed ? JournalResult.Success : JournalResult.Failure,
        };
    }

    /// <summary>Takes in the next entry.</summary>
    public void Apply(JournalEntry entry)
    {
        LastEntryAt = entry.Timestamp;
        if (entry is { Operation: Created, Result: JournalResult.Failure })
            _failures.Add((entry.Sequence, entry.Details.GetValueOrDefault(Database)));
        if (entry.EntityType != "backup"
            || (entry.Operation != Verified && entry.Result != JournalResult.Success)
            || !Guid.TryParse(entry.Details.GetValueOrDefault("archiveId"), out var archive))
            return;
        switch (entry.Operation)
        {
            case Created:
                _live[entry.EntityId] = archive;
                _created[archive] = entry.Sequence;
                break;
            case Removed:
                _live.Remove(entry.EntityId);
                break;
            case Trashed:
                _live.Remove(entry.EntityId);
                _trash[archive] = entry.Timestamp;
                break;
            case RemovalUndone:
                _live[entry.EntityId] = archive;
                _trash.Remove(archive);
                break;
            case Purged:
                _trash.Remove(archive);
                break;
            case Protected:
                _pinned.Add(archive);
                break;
            case Unprotected:
                _pinned.Remove(archive);
                break;
            case Verified:
                _proofs[archive] = After(ProofOf(archive), entry);
                break;
        }
    }

    private static ArchiveProof After(ArchiveProof? before, JournalEntry entry)
    {
        var proven = Level(entry, "provenLevel");
        // Only what passed is shown as the content.
        var content = proven == VerificationLevel.Restore
            ? ProvenContent.TryRead(entry.Details) ?? before?.Content
            : before?.Content;
        if (Outcome(entry) == VerificationOutcome.Failed)
            return new ArchiveProof(proven, proven == VerificationLevel.None ? null : entry.Timestamp,
                Level(entry, "level"), entry.Details.GetValueOrDefault("problem"), content);
        if (proven == VerificationLevel.None)
            return before ?? new ArchiveProof(VerificationLevel.None, null);
        var stillFailed = before is not null && before.FailedLevel > proven;
        var higher = before is not null && before.Level > proven;
        return new ArchiveProof(
            higher ? before!.Level : proven,
            higher ? before!.At : entry.Timestamp,
            stillFailed ? before!.FailedLevel : VerificationLevel.None,
            stillFailed ? before!.Problem : null,
            content);
    }

    private static VerificationLevel Level(JournalEntry entry, string name) =>
        Enum.TryParse<VerificationLevel>(entry.Details.GetValueOrDefault(name), out var level)
            ? level
            : VerificationLevel.None;

    private static VerificationOutcome Outcome(JournalEntry entry) =>
        Enum.TryParse<VerificationOutcome>(entry.Details.GetValueOrDefault("outcome"), out var outcome)
            ? outcome : VerificationOutcome.NotChecked;
}
