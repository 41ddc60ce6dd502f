using System.Runtime.InteropServices;

namespace Grap.Archives;

/// <summary>What a block holds. The numbers are those of the file format (docs/archive.md).</summary>
public enum BlockKind
{
    /// <summary>Nodes: PackStream lists <c>[id, labels, properties]</c>, one after the other, ids rising.</summary>
    Nodes = 1,
    /// <summary>Relationships: PackStream lists <c>[id, startId, endId, type, properties]</c>, ids rising.</summary>
    Relationships = 2,
}

/// <summary>Names one block: a part of the aligned range of 65,536 ids that begins at
/// <paramref name="FirstId"/>.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="FirstId">The range's first id, a multiple of <see cref="RangeLength"/>.</param>
/// <param name="Part">Counts from 0 within the range.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BlockKey(BlockKind Kind, long FirstId, int Part) : IComparable<BlockKey>
{
    /// <summary>Ids in a range.</summary>
    public const int RangeLength = 65_536;

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
