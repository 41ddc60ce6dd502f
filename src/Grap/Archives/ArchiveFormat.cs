namespace Grap.Archives;

/// <summary>The numbers of the file format, as docs/archive.md states them.</summary>
internal static class ArchiveFormat
{
    /// <summary>Major version written. A reader refuses a greater one.</summary>
    public const ushort Major = 1;

    /// <summary>Minor version written. A greater one adds only what an older reader may pass over.</summary>
    public const ushort Minor = 0;

    /// <summary>Largest content of one block: 1 GiB, since one element may be large. A claim above it is
    /// damage.</summary>
    public const int MaxBlockLength = 1 << 30;

    /// <summary>Largest manifest: 64 MiB. A schema of 100,000 names takes about 10 MiB.</summary>
    public const int MaxManifestLength = 64 << 20;

    /// <summary>Kind of the manifest's frame.</summary>
    public const BlockKind ManifestKind = (BlockKind)0xF001;

    /// <summary>Kind of the index's frame.</summary>
    public const BlockKind IndexKind = (BlockKind)0xF002;

    /// <summary>All flags that this version knows.</summary>
    public const BlockFlags KnownFlags = BlockFlags.Compressed | BlockFlags.Optional | BlockFlags.Columns;

    /// <summary>
    /// First bytes of an archive. Like PNG's: a byte above 127 shows a 7-bit transfer, CR LF and LF show an end-of-line
    /// conversion, 1A ends a listing on Windows.
    /// </summary>
    public static ReadOnlySpan<byte> Magic => [0xC7, (byte)'G', (byte)'R', (byte)'P', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Last bytes of an archive: the magic backwards.</summary>
    public static ReadOnlySpan<byte> EndMagic => [0x0A, 0x1A, 0x0A, 0x0D, (byte)'P', (byte)'R', (byte)'G', 0xC7];

    /// <summary>First bytes of every frame.</summary>
    public static ReadOnlySpan<byte> FrameMagic => [0xF7, (byte)'F', (byte)'R', (byte)'M'];

    public static bool IsKnown(BlockKind kind) => kind is >= BlockKind.Nodes and <= BlockKind.DumpFile;
}
