using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Grap.Archives;

/// <summary>The first 64 bytes of an archive.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ArchiveHeader(ushort Major, ushort Minor, uint Flags, Guid ArchiveId)
{
    public const int Size = 64;
    private const int Hashed = 48;

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        ArchiveFormat.Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], Major);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[10..], Minor);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Flags);
        // Big-endian, so that a hex dump shows the id as it is written in text.
        ArchiveId.TryWriteBytes(bytes[16..], bigEndian: true, out _);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[Hashed..], XxHash128.HashToUInt128(bytes[..Hashed]));
    }

    /// <summary>Reads and checks a header. <paramref name="bytes"/> may be shorter than a header if the file
    /// is.</summary>
    public static ArchiveHeader Read(ReadOnlySpan<byte> bytes, string archive)
    {
        CheckMagic(bytes, archive);
        if (bytes.Length < Size)
            throw ArchiveFault.Corrupt(archive, bytes.Length, "the file ends within its header");
        // The version comes before the hash: a newer format may hash something else.
        var major = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (major > ArchiveFormat.Major)
            throw ArchiveFault.TooNew(archive, $"its format is {major}, this one reads up to {ArchiveFormat.Major}");
        if (BinaryPrimitives.ReadUInt128LittleEndian(bytes[Hashed..]) != XxHash128.HashToUInt128(bytes[..Hashed]))
            throw ArchiveFault.Corrupt(archive, 0, "the header does not match its hash");
        if (major == 0)
            throw ArchiveFault.Corrupt(archive, 8, "there is no format 0");
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        if (flags != 0)
            throw ArchiveFault.TooNew(archive, $"it uses features (flags 0x{flags:X}) that this one does not know");
        return new ArchiveHeader(
            major, BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]), flags,
            new Guid(bytes.Slice(16, 16), bigEndian: true));
    }

    private static void CheckMagic(ReadOnlySpan<byte> bytes, string archive)
    {
        var magic = ArchiveFormat.Magic;
        if (bytes.StartsWith(magic))
            return;
        if (bytes.Length < magic.Length && bytes.Length > 0 && magic.StartsWith(bytes))
            throw ArchiveFault.Corrupt(archive, bytes.Length, "the file ends within its first eight bytes");
        if (bytes.StartsWith(magic[..4]))
            throw ArchiveFault.Corrupt(archive, 4, "line ends were converted; the file was transferred as text");
        throw ArchiveFault.NotAnArchive(archive, bytes.IsEmpty ? "it is empty" : "it does not begin like one");
    }
}
