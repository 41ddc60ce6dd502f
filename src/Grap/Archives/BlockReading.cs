using System.IO.Hashing;
using Grap.Archives.Columns;
using Grap.Bolt;
using Grap.Repositories;

namespace Grap.Archives;

/// <summary>Reads one frame and checks all of it: the head against the entry, both hashes, the length.</summary>
internal static class BlockReading
{
    /// <summary>Zstandard's densest block: 128 KiB of content in four bytes.</summary>
    private const long MostDense = (128 << 10) / 4;

    /// <summary>Reads the content of <paramref name="entry"/>'s block into <paramref name="destination"/>, replacing
    /// what it held, and its layout, if that is wanted.</summary>
    public static void ReadContent(
        IReadableFile file, BlockEntry entry, NativeBuffer destination, string archive, ContentLayout? layout = null)
    {
        CheckBounds(file, entry, archive);
        destination.Clear();
        destination.EnsureCapacity(entry.RawLength);
        layout?.Clear();
        if (entry.Flags.HasFlag(BlockFlags.Compressed))
            ReadCompressed(file, entry, destination, archive, layout);
        else
            ReadStored(file, entry, destination, archive);
        if (XxHash128.HashToUInt128(destination.Written) != entry.RawHash)
        {
            destination.Clear();
            throw Damaged(entry, "its content does not match its hash", archive);
        }
    }

    /// <summary>Reads head and stored bytes as they stand, checked, without decompressing.</summary>
    public static void ReadFrame(IReadableFile file, BlockEntry entry, NativeBuffer destination, string archive)
    {
        CheckBounds(file, entry, archive);
        destination.Clear();
        var length = FrameHead.Size + entry.StoredLength;
        Fill(file, entry.Offset, destination.GetSpan(length)[..length], archive);
        destination.Advance(length);
        CheckHead(destination.Written[..FrameHead.Size], entry, archive);
        if (XxHash128.HashToUInt128(destination.Written[FrameHead.Size..]) != entry.StoredHash)
            throw Damaged(entry, "its stored bytes do not match their hash", archive);
    }

    /// <summary>Fills <paramref name="destination"/>; a file that ends too early is a damaged archive.</summary>
    public static void Fill(IReadableFile file, long offset, Span<byte> destination, string archive)
    {
        while (!destination.IsEmpty)
        {
            var read = file.ReadAt(offset, destination);
            if (read == 0)
                throw ArchiveFault.Corrupt(archive, offset, $"the file ends {destination.Length} bytes too early");
            offset += read;
            destination = destination[read..];
        }
    }

    public static void CheckHead(ReadOnlySpan<byte> head, BlockEntry entry, string archive)
    {
        if (!FrameHead.Matches(head, entry))
            throw Damaged(entry, "its frame's head is not what the index says", archive);
    }

    public static GrapException Damaged(BlockEntry entry, string what, string archive) =>
        ArchiveFault.Corrupt(
            archive, entry.Offset, $"{(ArchiveFormat.IsKnown(entry.Key.Kind) ? "block " : "")}{entry.Key}: {what}");

    private static void ReadCompressed(
        IReadableFile file, BlockEntry entry, NativeBuffer destination, string archive, ContentLayout? layout)
    {
        using var codec = BlockCodec.Rent();
        ReadFrame(file, entry, codec.Scratch, archive);
        var content = destination.GetSpan()[..entry.RawLength];
        var columns = entry.Flags.HasFlag(BlockFlags.Columns);
        // A form is never longer than its content.
        var unpacked = columns ? codec.Form.GetSpan(content.Length)[..content.Length] : content;
        if (!codec.TryDecompress(codec.Scratch.Written[FrameHead.Size..], unpacked, out var length)
            || !(columns
                ? ColumnReader.TryRead(entry.Key, unpacked[..length], codec.Numbers, content, layout)
                : length == content.Length))
            throw Damaged(entry, "it does not decompress to its content", archive);
        destination.Advance(entry.RawLength);
    }

    private static void ReadStored(IReadableFile file, BlockEntry entry, NativeBuffer destination, string archive)
    {
        Span<byte> head = stackalloc byte[FrameHead.Size];
        Fill(file, entry.Offset, head, archive);
        CheckHead(head, entry, archive);
        if (entry.StoredHash != entry.RawHash)
            throw Damaged(entry, "one content has two hashes", archive);
        Fill(file, entry.Offset + FrameHead.Size, destination.GetSpan()[..entry.RawLength], archive);
        destination.Advance(entry.RawLength);
    }

    /// <summary>Nothing is allocated by a length that the file cannot hold or the format does not allow. What columns
    /// yield is no multiple of what is stored, but 4 MiB at most.</summary>
    private static void CheckBounds(IReadableFile file, BlockEntry entry, string archive)
    {
        if (entry.Offset < ArchiveHeader.Size || entry.StoredLength < 0 || entry.End > file.Length
            || entry.RawLength is < 0 or > ArchiveFormat.MaxBlockLength
            || (entry.Flags.HasFlag(BlockFlags.Compressed)
                ? entry.RawLength > (entry.Flags.HasFlag(BlockFlags.Columns)
                    ? ColumnForm.MostContent
                    : entry.StoredLength * MostDense)
                : entry.RawLength != entry.StoredLength))
            throw Damaged(entry, "the file cannot hold it", archive);
    }
}
