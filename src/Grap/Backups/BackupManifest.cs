using Grap.Graphs;

namespace Grap.Backups;

/// <summary>How a backup was taken.</summary>
public enum BackupMethod
{
    /// <summary>Logical, through Bolt, from any server.</summary>
    Bolt,
    /// <summary>Physical, from the data folder of a running server.</summary>
    HotCopy,
    /// <summary>Physical, through <c>neo4j-admin database dump</c> of a stopped server.</summary>
    Dump,
}

/// <summary>What is known of the moment that a backup shows.</summary>
public enum Exactness
{
    /// <summary>Read while writes went on: each value was true at some moment of the window.</summary>
    Fuzzy,
    /// <summary>The state after one transaction, proven.</summary>
    Exact,
}

/// <summary>How far a backup has been proven, weakest first.</summary>
public enum VerificationLevel
{
    /// <summary>Not at all.</summary>
    None,
    /// <summary>Every byte is the one that was written.</summary>
    Checksum,
    /// <summary>Every block decodes, counts agree, every relationship's endpoints are there.</summary>
    Structure,
    /// <summary>Restored into a scratch server and compared.</summary>
    Restore,
}

/// <summary>What a backup says of itself. Serialised as JSON (camelCase) into the archive and, without block lists,
/// beside it.</summary>
public sealed record BackupManifest
{
    /// <summary>Version of the manifest's own shape.</summary>
    public int ManifestVersion { get; init; } = 1;
    /// <summary>The backup's id.</summary>
    public required string Id { get; init; }
    /// <summary>The archive's own random id, also in its header.</summary>
    public Guid ArchiveId { get; init; }
    /// <summary>The repository it was made for.</summary>
    public Guid RepositoryId { get; init; }
    /// <summary>When the run began, UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }
    /// <summary>When everything had been read, UTC.</summary>
    public DateTimeOffset CompletedAt { get; init; }
    /// <summary>How it was taken.</summary>
    public BackupMethod Method { get; init; }
    /// <summary>What is known of the moment it shows.</summary>
    public Exactness Exactness { get; init; }
    /// <summary>Why, in a sentence.</summary>
    public string ExactnessReason { get; init; } = "";
    /// <summary>Where it came from.</summary>
    public required BackupSource Source { get; init; }
    /// <summary>The transactions of the reading window; equal ends for an exact backup. Null where the server does not
    /// tell.</summary>
    public TransactionWindow? Transactions { get; init; }
    /// <summary>Counts of the content; of a physical backup those that the server told when the copy ended, which a
    /// proof replaces by what it counted.</summary>
    public GraphCounts Counts { get; init; } = new();
    /// <summary>Indexes and constraints, labels, types and keys.</summary>
    public GraphSchema Schema { get; init; } = new();
    /// <summary>Order-independent hash of the content, 32 hexadecimal digits; null for physical backups not yet
    /// read.</summary>
    public string? Fingerprint { get; init; }
    /// <summary>How the reading went; null for physical backups.</summary>
    public ReadingReport? Reading { get; init; }
    /// <summary>The files of a physical backup; null for logical ones.</summary>
    public PhysicalContent? Physical { get; init; }
    /// <summary>What the backup does not contain, in words.</summary>
    public IReadOnlyList<string> NotIncluded { get; init; } = [];
    /// <summary>The user's tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
    /// <summary>Compression: <c>none</c>, or <c>zstd</c> with its level.</summary>
    public CompressionInfo Compression { get; init; } = new("none", 0);
    /// <summary>Bytes of all blocks before compression.</summary>
    public long RawBytes { get; init; }
    /// <summary>Bytes of all blocks as stored.</summary>
    public long StoredBytes { get; init; }
    /// <summary>How many blocks.</summary>
    public int Blocks { get; init; }
    /// <summary>Head hash of the repository's journal when the backup began: a journal cut short is noticed.</summary>
    public string? JournalHead { get; init; }
    /// <summary>What wrote it: <c>Grap 0.1.0</c>.</summary>
    public string Producer { get; init; } = "";
}

/// <summary>Compression of an archive's blocks.</summary>
public sealed record CompressionInfo(string Algorithm, int Level);

/// <summary>The server and database that a backup came from.</summary>
public sealed record BackupSource
{
    /// <summary>The address, without any credential.</summary>
    public string Uri { get; init; } = "";
    /// <summary>The database's name.</summary>
    public string Database { get; init; } = "";
    /// <summary>Version, as <c>5.26.30</c>.</summary>
    public string ServerVersion { get; init; } = "";
    /// <summary><c>community</c> or <c>enterprise</c>.</summary>
    public string Edition { get; init; } = "";
    /// <summary>Bolt version spoken, as <c>5.4</c>.</summary>
    public string Protocol { get; init; } = "";
    /// <summary>Creation date and id of the store as <c>db.info</c> tells.</summary>
    public string? StoreId { get; init; }
    /// <summary>The database's uuid, from its bookmarks.</summary>
    public Guid? DatabaseId { get; init; }
    /// <summary>Store format, as <c>record-aligned-1.1</c>, where told.</summary>
    public string? StoreFormat { get; init; }
    /// <summary>Plugins found, by the prefix of their procedures: <c>apoc</c>, <c>gds</c>.</summary>
    public IReadOnlyList<string> Plugins { get; init; } = [];
    /// <summary>Settings that matter to a restore, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>The first and last transaction of a reading window.</summary>
public sealed record TransactionWindow(long First, long Last);

/// <summary>How a logical backup was read.</summary>
public sealed record ReadingReport
{
    /// <summary>How often the graph was read.</summary>
    public int Passes { get; init; }
    /// <summary>Connections used at once.</summary>
    public int Connections { get; init; }
    /// <summary>First node id that surely was not in use, and how that is known.</summary>
    public IdBound? NodeIds { get; init; }
    /// <summary>The same for relationships.</summary>
    public IdBound? RelationshipIds { get; init; }
    /// <summary>Nodes read again because a relationship needed them (fuzzy only).</summary>
    public long CompletedNodes { get; init; }
    /// <summary>Relationships left out because an endpoint no longer existed (fuzzy only).</summary>
    public long DroppedRelationships { get; init; }
    /// <summary>Elements that claimed one unique value (fuzzy only).</summary>
    public IReadOnlyList<UniqueConflict> Conflicts { get; init; } = [];
    /// <summary>How conflicts were decided.</summary>
    public string? ConflictRule { get; init; }
    /// <summary>Notes worth keeping: resumed connections, shrunk ranges, values that could not be carried.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>An upper bound of ids, exclusive, and how it was found.</summary>
public sealed record IdBound(long Exclusive, string Source);

/// <summary>Two elements that claimed one unique value in a fuzzy backup.</summary>
public sealed record UniqueConflict(string Constraint, long KeptId, long ChangedId);
