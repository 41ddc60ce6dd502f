using Grap.Archives;

namespace Grap.Backups;

/// <summary>What a physical backup holds: the files of one database, as its server keeps them.</summary>
public sealed record PhysicalContent
{
    /// <summary>The files. A file's number is its place in this list.</summary>
    public IReadOnlyList<PhysicalFile> Files { get; init; } = [];
    /// <summary>The checkpoint that recovery begins at; null for a dump.</summary>
    public CheckpointPlace? Checkpoint { get; init; }
    /// <summary>When the last transaction was committed, by the server's clock; null where it is not known.</summary>
    public DateTimeOffset? LastCommitAt { get; init; }
    /// <summary>What happened during the copy that is worth knowing: a restart of the server, a log that was made
    /// again.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>What kind of file.</summary>
public enum PhysicalFileKind
{
    /// <summary>Of the record stores: belongs into <c>databases/&lt;database&gt;</c>.</summary>
    Store,
    /// <summary>A transaction log or checkpoint file: belongs into <c>transactions/&lt;database&gt;</c>.</summary>
    Log,
    /// <summary>What <c>neo4j-admin database dump</c> wrote.</summary>
    Dump,
}

/// <summary>One file of a physical backup.</summary>
/// <param name="Name">Its name without folder: <c>neostore.nodestore.db</c>.</param>
/// <param name="Kind">What it is, and so where it belongs.</param>
/// <param name="Length">Bytes.</param>
public sealed record PhysicalFile(string Name, PhysicalFileKind Kind, long Length);

/// <summary>Where a checkpoint says that recovery begins.</summary>
/// <param name="LogVersion">Number of the transaction log file.</param>
/// <param name="Offset">Byte in it.</param>
/// <param name="At">When the checkpoint was written, by the server's clock.</param>
public sealed record CheckpointPlace(long LogVersion, long Offset, DateTimeOffset At);

/// <summary>Which blocks the pieces of a file become.</summary>
internal static class PhysicalFileKinds
{
    /// <summary>The kind of a file's blocks.</summary>
    public static BlockKind ToBlockKind(this PhysicalFileKind kind) => kind switch
    {
        PhysicalFileKind.Store => BlockKind.StoreFile,
        PhysicalFileKind.Log => BlockKind.LogFile,
        PhysicalFileKind.Dump => BlockKind.DumpFile,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of file."),
    };
}
