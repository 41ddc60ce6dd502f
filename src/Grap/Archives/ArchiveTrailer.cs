using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Grap.Archives;

/// <summary>The last 96 bytes of an archive: where manifest and index are, and the SHA-256 of everything before
/// it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ArchiveTrailer(
    long ManifestOffset, long ManifestLength, long IndexOffset, long IndexLength, long TotalLength)
{
    public const int Size = 96;
    /// <summary>Offset, within the trailer, of the SHA-256; everything in the file before it is hashed.</summary>
    public const int HashOffset = 56;
    public const int HashLength = 32;
    private const int Hashed = 40;

    /// <summary>Writes what comes before the SHA-256.</summary>
    public void WriteLocations(Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes, ManifestOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], ManifestLength);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], IndexOffset);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[24..], IndexLength);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[32..], TotalLength);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[Hashed..], XxHash128.HashToUInt128(bytes[..Hashed]));
    }

    /// <summary>Reads and checks a trailer that ends at <paramref name="fileLength"/>.</summary>
    public static ArchiveTrailer Read(ReadOnlySpan<byte> bytes, long fileLength, string archive)
    {
        var start = fileLength - Size;
        if (!bytes[(HashOffset + HashLength)..].SequenceEqual(ArchiveFormat.EndMagic))
            throw ArchiveFault.Corrupt(
                archive, fileLength, "the end mark is missing: the file was cut off, or something was appended");
        if (BinaryPrimitives.ReadUInt128LittleEndian(bytes[Hashed..]) != XxHash128.HashToUInt128(bytes[..Hashed]))
            throw ArchiveFault.Corrupt(archive, start, "the trailer does not match its hash");
        var trailer = new ArchiveTrailer(
            BinaryPrimitives.ReadInt64LittleEndian(bytes),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]));
        if (trailer.TotalLength != fileLength)
            throw ArchiveFault.Corrupt(
                archive, start, $"the trailer says {trailer.TotalLength} bytes, the file has {fileLength}");
        // Manifest, index and trailer stand side by side at the end, so their places leave no choice. Lengths are
        // compared first, so that no sum below can overflow.
        var room = fileLength - Size - ArchiveHeader.Size;
        if (trailer.ManifestLength < FrameHead.Size || trailer.ManifestLength > room
            || trailer.IndexLength < FrameHead.Size || trailer.IndexLength > room - trailer.ManifestLength
            || trailer.IndexOffset != start - trailer.IndexLength
            || trailer.ManifestOffset != trailer.IndexOffset - trailer.ManifestLength)
            throw ArchiveFault.Corrupt(archive, start, "manifest and index cannot be where the trailer says");
        return trailer;
    }
}
