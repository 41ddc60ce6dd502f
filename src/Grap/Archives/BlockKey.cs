using System.Runtime.InteropServices;

namespace Grap.Archives;

/// <summary>What a block holds. The numbers are those of the file format (docs/archive.md).</summary>
public enum BlockKind
{
    /// <summary>Nodes: PackStream lists <c>[id, labels, properties]</c>, one after the other, ids rising.</summary>
    Nodes = 1,
    /// <summary>Relationships: PackStream lists <c>[id, startId, endId, type, properties]</c>, ids rising.</summary>
    Relationships = 2,
    /// <summary>A piece of a file of the record stores.</summary>
    StoreFile = 3,
    /// <summary>A piece of a transaction log or checkpoint file.</summary>
    LogFile = 4,
    /// <summary>A piece of a file that <c>neo4j-admin database dump</c> wrote.</summary>
    DumpFile = 5,
}

/// <summary>Names one block. Of a graph: a part of the aligned range of 65,536 ids that begins at
/// <paramref name="FirstId"/>. Of a physical backup: a piece of a file.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="FirstId">The range's first id, a multiple of <see cref="RangeLength"/>; or the file's number: its place
/// in the manifest's list of files.</param>
/// <param name="Part">Counts from 0 within the range, or within the file: piece <c>n</c> begins at byte
/// <c>n</c> × <see cref="PieceBytes"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BlockKey(BlockKind Kind, long FirstId, int Part) : IComparable<BlockKey>
{
    /// <summary>Ids in a range.</summary>
    public const int RangeLength = 65_536;

    /// <summary>Bytes in a piece of a file: 128 pages of 8 KiB. Only a file's last piece is shorter; one that holds
    /// nothing but zeros has no block.</summary>
    public const int PieceBytes = 1 << 20;

    /// <summary>Orders by kind, id, part.</summary>
    public int CompareTo(BlockKey other)
    {
        var byKind = Kind.CompareTo(other.Kind);
        if (byKind != 0)
            return byKind;
        var byId = FirstId.CompareTo(other.FirstId);
        return byId != 0 ? byId : Part.CompareTo(other.Part);
    }

    /// <summary>For messages: <c>Nodes 65536 part 0</c>.</summary>
    public override string ToString() => Kind switch
    {
        ArchiveFormat.ManifestKind => "the manifest",
        ArchiveFormat.IndexKind => "the index",
        _ => $"{Kind} {FirstId} part {Part}",
    };

    /// <summary>Whether <paramref name="left"/> comes before <paramref name="right"/>.</summary>
    public static bool operator <(BlockKey left, BlockKey right) => left.CompareTo(right) < 0;
    /// <summary>Whether <paramref name="left"/> comes after <paramref name="right"/>.</summary>
    public static bool operator >(BlockKey left, BlockKey right) => left.CompareTo(right) > 0;
    /// <summary>Whether <paramref name="left"/> does not come after <paramref name="right"/>.</summary>
    public static bool operator <=(BlockKey left, BlockKey right) => left.CompareTo(right) <= 0;
    /// <summary>Whether <paramref name="left"/> does not come before <paramref name="right"/>.</summary>
    public static bool operator >=(BlockKey left, BlockKey right) => left.CompareTo(right) >= 0;
}
