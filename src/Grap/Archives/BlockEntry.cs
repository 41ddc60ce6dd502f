namespace Grap.Archives;

/// <summary>How a block is stored. The bits are those of the file format (docs/archive.md).</summary>
[Flags]
public enum BlockFlags
{
    /// <summary>The content stands as it is, and a reader must know its kind.</summary>
    None = 0,
    /// <summary>The content is one Zstandard frame.</summary>
    Compressed = 1,
    /// <summary>A reader that does not know the kind passes the block over instead of refusing the archive.</summary>
    Optional = 2,
    /// <summary>The Zstandard frame yields the content's columns, from which the content is made again.</summary>
    Columns = 8,
}

/// <summary>One block as the index describes it.</summary>
public sealed record BlockEntry
{
    /// <summary>Which block.</summary>
    public required BlockKey Key { get; init; }
    /// <summary>How it is stored.</summary>
    public BlockFlags Flags { get; init; }
    /// <summary>Elements in it.</summary>
    public int Count { get; init; }
    /// <summary>Offset of the frame in the archive.</summary>
    public long Offset { get; init; }
    /// <summary>Bytes as stored, without the frame's head.</summary>
    public int StoredLength { get; init; }
    /// <summary>Bytes of the content.</summary>
    public int RawLength { get; init; }
    /// <summary>XXH128 of the content: same content, same hash.</summary>
    public UInt128 RawHash { get; init; }
    /// <summary>XXH128 of the bytes as stored.</summary>
    public UInt128 StoredHash { get; init; }

    /// <summary>Offset of the first byte behind the frame.</summary>
    internal long End => Offset + FrameHead.Size + StoredLength;
}
