using System.Buffers.Binary;
using Grap.Archives.Columns;
using Grap.Bolt;

namespace Grap.Archives;

/// <summary>The content of the index frame: one entry of 72 bytes for each block, ordered by key.</summary>
internal static class BlockIndex
{
    public const int EntrySize = 72;

    /// <summary>As many blocks as fit into one index frame: 14.9 million, 59 TiB of full blocks.</summary>
    public const int MaxEntries = ArchiveFormat.MaxBlockLength / EntrySize;

    public static void Write(IEnumerable<BlockEntry> sorted, NativeBuffer content)
    {
        foreach (var entry in sorted)
        {
            var bytes = content.GetSpan(EntrySize)[..EntrySize];
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)entry.Key.Kind);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], (ushort)entry.Flags);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], entry.Key.Part);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], entry.Key.FirstId);
            BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], entry.Offset);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[24..], entry.Count);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[28..], entry.RawLength);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[32..], entry.StoredLength);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[36..], 0);
            BinaryPrimitives.WriteUInt128LittleEndian(bytes[40..], entry.RawHash);
            BinaryPrimitives.WriteUInt128LittleEndian(bytes[56..], entry.StoredHash);
            content.Advance(EntrySize);
        }
    }

    /// <summary>Reads the entries and checks that they are possible: rising keys, and frames that fill the file from
    /// the header to the manifest without a gap.</summary>
    public static BlockEntry[] Read(ReadOnlySpan<byte> content, long blocksEnd, string archive)
    {
        if (content.Length % EntrySize != 0)
            throw ArchiveFault.Corrupt(archive, "the length of the index is not a whole number of entries");
        var entries = new BlockEntry[content.Length / EntrySize];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = ReadEntry(content.Slice(i * EntrySize, EntrySize), archive);
            if (i > 0 && entries[i - 1].Key >= entries[i].Key)
                throw ArchiveFault.Corrupt(archive, $"the index is out of order at block {entries[i].Key}");
        }
        CheckPlaces(entries, blocksEnd, archive);
        return entries;
    }

    private static BlockEntry ReadEntry(ReadOnlySpan<byte> bytes, string archive)
    {
        var entry = new BlockEntry
        {
            Key = new BlockKey(
                (BlockKind)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
                BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
                BinaryPrimitives.ReadInt32LittleEndian(bytes[4..])),
            Flags = (BlockFlags)BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
            Offset = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            Count = BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]),
            RawLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[28..]),
            StoredLength = BinaryPrimitives.ReadInt32LittleEndian(bytes[32..]),
            RawHash = BinaryPrimitives.ReadUInt128LittleEndian(bytes[40..]),
            StoredHash = BinaryPrimitives.ReadUInt128LittleEndian(bytes[56..]),
        };
        if ((entry.Flags & ~ArchiveFormat.KnownFlags) != BlockFlags.None)
            throw ArchiveFault.TooNew(archive, $"block {entry.Key} has flags 0x{(int)entry.Flags:X}");
        if (!ArchiveFormat.IsKnown(entry.Key.Kind) && !entry.Flags.HasFlag(BlockFlags.Optional))
            throw ArchiveFault.TooNew(archive, $"it holds blocks of kind {(int)entry.Key.Kind}");
        var compressed = entry.Flags.HasFlag(BlockFlags.Compressed);
        if (entry.Key.FirstId < 0 || entry.Key.Part < 0 || entry.Count < 0
            || entry.RawLength is < 0 or > ArchiveFormat.MaxBlockLength || entry.StoredLength < 0
            || (compressed ? entry.StoredLength >= entry.RawLength : entry.StoredLength != entry.RawLength)
            || (entry.Flags.HasFlag(BlockFlags.Columns) && !CanBeColumns(entry))
            || BinaryPrimitives.ReadInt32LittleEndian(bytes[36..]) != 0)
            throw ArchiveFault.Corrupt(archive, $"the index describes an impossible block {entry.Key}");
        return entry;
    }

    private static bool CanBeColumns(BlockEntry entry) =>
        entry.Flags.HasFlag(BlockFlags.Compressed) && entry.Key.Kind is BlockKind.Nodes or BlockKind.Relationships
        && entry.RawLength <= ColumnForm.MostContent;

    private static void CheckPlaces(BlockEntry[] entries, long blocksEnd, string archive)
    {
        long next = ArchiveHeader.Size;
        foreach (var entry in entries.OrderBy(entry => entry.Offset))
        {
            if (entry.Offset != next)
                throw ArchiveFault.Corrupt(
                    archive, next, $"block {entry.Key} should begin here, the index says {entry.Offset}");
            // Cannot overflow: the offset has just been checked against the end of the block before.
            next = entry.End;
            if (next > blocksEnd)
                throw ArchiveFault.Corrupt(archive, entry.Offset, $"block {entry.Key} reaches beyond the manifest");
        }
        if (next != blocksEnd)
            throw ArchiveFault.Corrupt(
                archive, next, "bytes between the last block and the manifest belong to nothing");
    }
}
