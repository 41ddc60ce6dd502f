using System.IO.Hashing;
using Grap.Bolt;

namespace Grap.Archives;

/// <summary>A block compressed and hashed, ready to be written. Owns its memory.</summary>
public sealed class EncodedBlock : IDisposable
{
    /// <summary>Content up to this is compressed in shared scratch memory and then copied to a buffer of its exact
    /// length (0.1 ms for 1 MiB), so that blocks that wait for the disk hold no unused room. Larger content is
    /// compressed in place.</summary>
    private const int CompressedInScratch = 8 << 20;

    private readonly NativeBuffer _frame;

    private EncodedBlock(BlockEntry entry, NativeBuffer frame)
    {
        Entry = entry;
        _frame = frame;
        FrameHead.Write(entry, _frame.Memory.Span);
    }

    /// <summary>Compresses and hashes <paramref name="content"/>. Safe on many threads at once. Needs at most as much
    /// memory again as the content has; content that does not shrink is stored as it is.</summary>
    /// <param name="key">Which block.</param>
    /// <param name="count">Elements in it.</param>
    /// <param name="content">Its content, at most 1 GiB.</param>
    /// <param name="compressionLevel">Zstandard level, 1 to 22; 0 for none.</param>
    public static EncodedBlock Encode(BlockKey key, int count, ReadOnlySpan<byte> content, int compressionLevel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfNegative(compressionLevel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(compressionLevel, 22);
        if (!ArchiveFormat.IsKnown(key.Kind) || key.FirstId < 0 || key.Part < 0)
            throw new ArgumentOutOfRangeException(nameof(key), key, "No block can have this key.");
        return Encode(key, BlockFlags.None, count, content, compressionLevel);
    }

    /// <summary>What the index will say; the offset is not known yet.</summary>
    public BlockEntry Entry { get; }

    /// <summary>Head and stored bytes, as they go into the file.</summary>
    internal ReadOnlyMemory<byte> Frame => _frame.WrittenMemory;

    /// <inheritdoc/>
    public void Dispose() => _frame.Dispose();

    internal static EncodedBlock Encode(
        BlockKey key, BlockFlags flags, int count, ReadOnlySpan<byte> content, int compressionLevel)
    {
        if (content.Length > ArchiveFormat.MaxBlockLength)
            throw new GrapException(GrapCondition.ElementTooLarge,
                $"Block {key} has {content.Length} bytes; an archive's blocks hold at most 1 GiB.",
                "Make the largest element of the graph smaller; Neo4j itself cannot send such an element either.", key);
        var columns = BlockFlags.None;
        if (Compress(key, count, content, compressionLevel, ref columns) is not { } frame)
            return Stored(key, flags, count, Store(content));
        var stored = frame.Written[FrameHead.Size..];
        return new EncodedBlock(new BlockEntry
        {
            Key = key,
            Flags = flags | columns | BlockFlags.Compressed,
            Count = count,
            RawLength = content.Length,
            StoredLength = stored.Length,
            RawHash = XxHash128.HashToUInt128(content),
            StoredHash = XxHash128.HashToUInt128(stored),
        }, frame);
    }

    /// <summary>Hashes content that is to be stored as it is.</summary>
    /// <param name="key">Which block.</param>
    /// <param name="flags">Flags of the kind.</param>
    /// <param name="count">Elements in it.</param>
    /// <param name="frame">The content behind room for the head (<see cref="FrameHead.Size"/>); owned by the block.</param>
    internal static EncodedBlock Stored(BlockKey key, BlockFlags flags, int count, NativeBuffer frame)
    {
        var content = frame.Written[FrameHead.Size..];
        var hash = XxHash128.HashToUInt128(content);
        return new EncodedBlock(new BlockEntry
        {
            Key = key,
            Flags = flags,
            Count = count,
            RawLength = content.Length,
            StoredLength = content.Length,
            RawHash = hash,
            StoredHash = hash,
        }, frame);
    }

    private static NativeBuffer? Compress(
        BlockKey key, int count, ReadOnlySpan<byte> content, int level, ref BlockFlags columns)
    {
        // Always exactly one byte less than the content, so that equal content gives equal bytes wherever it is
        // compressed.
        var room = content.Length - 1;
        if (level == 0 || room <= 0)
            return null;
        using var codec = BlockCodec.Rent();
        if (codec.TryWriteColumns(key, count, content))
        {
            columns = BlockFlags.Columns;
            content = codec.Form.Written;
        }
        if (content.Length <= CompressedInScratch)
        {
            var scratch = codec.Scratch.GetSpan(room)[..room];
            if (!codec.TryCompress(content, level, scratch, out var written))
                return null;
            var exact = new NativeBuffer(FrameHead.Size + written);
            exact.Advance(FrameHead.Size);
            exact.Append(scratch[..written]);
            return exact;
        }
        // Pages that compression does not reach are never touched, so they cost address space only.
        var frame = new NativeBuffer(FrameHead.Size + room);
        if (codec.TryCompress(content, level, frame.GetSpan().Slice(FrameHead.Size, room), out var length))
        {
            frame.Advance(FrameHead.Size + length);
            return frame;
        }
        frame.Dispose();
        return null;
    }

    private static NativeBuffer Store(ReadOnlySpan<byte> content)
    {
        var frame = new NativeBuffer(FrameHead.Size + content.Length);
        frame.Advance(FrameHead.Size);
        frame.Append(content);
        return frame;
    }
}
