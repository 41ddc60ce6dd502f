namespace Grap.Backups;

/// <summary>Whether a backup can be used, as far as a listing can tell without reading all of it.</summary>
public enum BackupStatus
{
    /// <summary>The archive is there with the length and ends that its summary says.</summary>
    Available,
    /// <summary>The archive's length, header or trailer is not what it should be, or a verification found it
    /// damaged.</summary>
    Damaged,
    /// <summary>The archive is fine as far as seen, but written by a newer format.</summary>
    Unsupported,
}

/// <summary>One published backup, as a listing shows it. Binds by pipeline to every command that takes a
/// backup.</summary>
public sealed record Backup
{
    private readonly Lazy<BackupManifest?>? _manifest;

    /// <summary>The id.</summary>
    public required string Id { get; init; }
    /// <summary>The repository's address: an absolute path.</summary>
    public required string Repository { get; init; }
    /// <summary>The archive's absolute path.</summary>
    public required string Path { get; init; }
    /// <summary>Usable or not.</summary>
    public BackupStatus Status { get; init; }
    /// <summary>Why it is not available; null where it is.</summary>
    public string? Problem { get; init; }
    /// <summary>When everything had been read.</summary>
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>How it was taken.</summary>
    public BackupMethod Method { get; init; }
    /// <summary>What is known of the moment it shows.</summary>
    public Exactness Exactness { get; init; }
    /// <summary>Database name.</summary>
    public string Database { get; init; } = "";
    /// <summary>Server version.</summary>
    public string ServerVersion { get; init; } = "";
    /// <summary>Nodes.</summary>
    public long Nodes { get; init; }
    /// <summary>Relationships.</summary>
    public long Relationships { get; init; }
    /// <summary>Length of the archive.</summary>
    public long SizeBytes { get; init; }
    /// <summary>Bytes before compression.</summary>
    public long RawBytes { get; init; }
    /// <summary>The highest level at which it last passed, if it has not failed since.</summary>
    public VerificationLevel VerifiedLevel { get; init; }
    /// <summary>When that was.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }
    /// <summary>Pinned against retention and removal.</summary>
    public bool Protected { get; init; }
    /// <summary>When it went to the trash; null for a backup that was not removed.</summary>
    public DateTimeOffset? TrashedAt { get; init; }
    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
    /// <summary>Fingerprint.</summary>
    public string? Fingerprint { get; init; }
    /// <summary>The archive's own random id: proofs and pins belong to it, not to the id, which may be used
    /// again.</summary>
    public Guid ArchiveId { get; init; }
    /// <summary>Everything it says of itself, read when first asked for. Null if the archive cannot be read.</summary>
    public BackupManifest? Manifest
    {
        get => _manifest?.Value;
        init => _manifest = value is null ? null : new Lazy<BackupManifest?>(value);
    }
    /// <summary>The id.</summary>
    public override string ToString() => Id;

    /// <summary>The level at which it was found damaged, if it has not passed that since.</summary>
    internal VerificationLevel FailedLevel { get; init; }
    /// <summary>The database's uuid: two servers may have databases of one name.</summary>
    internal Guid? DatabaseId { get; init; }
    /// <summary>The repository it was made for.</summary>
    internal Guid RepositoryId { get; init; }
    /// <summary>How to get the manifest.</summary>
    internal Lazy<BackupManifest?> LazyManifest { init => _manifest = value; }
}
