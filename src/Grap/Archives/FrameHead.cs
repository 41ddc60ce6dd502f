using System.Buffers.Binary;
using System.IO.Hashing;

namespace Grap.Archives;

/// <summary>The 80 bytes before the stored bytes of every frame. They follow from the block's entry alone, so a reader
/// that has the entry compares bytes, and checks every bit of the head that way.</summary>
internal static class FrameHead
{
    public const int Size = 80;
    private const int Hashed = 64;

    /// <summary>Writes the head of <paramref name="entry"/>'s frame.</summary>
    public static void Write(BlockEntry entry, Span<byte> head)
    {
        ArchiveFormat.FrameMagic.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], (ushort)entry.Key.Kind);
        BinaryPrimitives.WriteUInt16LittleEndian(head[6..], (ushort)entry.Flags);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], entry.Key.FirstId);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], entry.Key.Part);
        BinaryPrimitives.WriteInt32LittleEndian(head[20..], entry.Count);
        BinaryPrimitives.WriteInt32LittleEndian(head[24..], entry.RawLength);
        BinaryPrimitives.WriteInt32LittleEndian(head[28..], entry.StoredLength);
        BinaryPrimitives.WriteUInt128LittleEndian(head[32..], entry.RawHash);
        BinaryPrimitives.WriteUInt128LittleEndian(head[48..], entry.StoredHash);
        BinaryPrimitives.WriteUInt128LittleEndian(head[Hashed..], XxHash128.HashToUInt128(head[..Hashed]));
    }

    /// <summary>Whether <paramref name="head"/> is exactly the head that <paramref name="entry"/> implies.</summary>
    public static bool Matches(ReadOnlySpan<byte> head, BlockEntry entry)
    {
        Span<byte> expected = stackalloc byte[Size];
        Write(entry, expected);
        return head.SequenceEqual(expected);
    }

    /// <summary>Reads a head that no index describes (the manifest's and the index's own). Null if it is not
    /// whole.</summary>
    public static BlockEntry? TryRead(ReadOnlySpan<byte> head, long offset)
    {
        if (!head.StartsWith(ArchiveFormat.FrameMagic)
            || BinaryPrimitives.ReadUInt128LittleEndian(head[Hashed..]) != XxHash128.HashToUInt128(head[..Hashed]))
            return null;
        return new BlockEntry
        {
            Key = new BlockKey(
                (BlockKind)BinaryPrimitives.ReadUInt16LittleEndian(head[4..]),
                BinaryPrimitives.ReadInt64LittleEndian(head[8..]),
                BinaryPrimitives.ReadInt32LittleEndian(head[16..])),
            Flags = (BlockFlags)BinaryPrimitives.ReadUInt16LittleEndian(head[6..]),
            Count = BinaryPrimitives.ReadInt32LittleEndian(head[20..]),
            RawLength = BinaryPrimitives.ReadInt32LittleEndian(head[24..]),
            StoredLength = BinaryPrimitives.ReadInt32LittleEndian(head[28..]),
            RawHash = BinaryPrimitives.ReadUInt128LittleEndian(head[32..]),
            StoredHash = BinaryPrimitives.ReadUInt128LittleEndian(head[48..]),
            Offset = offset,
        };
    }
}
