using System.Buffers.Binary;
using System.IO.Hashing;
using Grap.Bolt.PackStream;

namespace Grap.Graphs;

/// <summary>
/// Hashes elements by their meaning: whatever has no order (labels, properties) is hashed as the sum of the hashes of
/// its members, values as sent, internal ids left out. The definition is in docs/archive.md ("Fingerprint"); changing
/// it changes every fingerprint.
/// </summary>
/// <remarks>Sums instead of sorted copies: on nodes with 6 properties, which Neo4j returns in any order, this took
/// 150 ns instead of 330 ns a node.</remarks>
internal static class ElementHasher
{
    private const long PropertySeed = 0;
    private const long TokenSeed = 1;
    private const long NodeSeed = 2;
    private const long RelationshipSeed = 3;

    /// <summary>Hash of a label list, or of a type.</summary>
    public static UInt128 Tokens(ReadOnlySpan<byte> labelsOrType)
    {
        var reader = new PackStreamReader(labelsOrType);
        if (reader.Peek() != PackStreamType.List)
            return XxHash128.HashToUInt128(labelsOrType, TokenSeed);
        UInt128 sum = 0;
        for (var left = reader.ReadListHeader(); left > 0; left--)
            sum += XxHash128.HashToUInt128(reader.Skip(), TokenSeed);
        return sum;
    }

    /// <summary>Reads the property map that <paramref name="reader"/> stands on and returns its hash.</summary>
    public static UInt128 Properties(ReadOnlySpan<byte> content, ref PackStreamReader reader)
    {
        UInt128 sum = 0;
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            var start = reader.Position;
            reader.ReadUtf8();
            reader.Skip();
            sum += XxHash128.HashToUInt128(content[start..reader.Position], PropertySeed);
        }
        return sum;
    }

    /// <summary>Hash of a node.</summary>
    public static UInt128 Node(UInt128 labels, UInt128 properties)
    {
        Span<byte> joined = stackalloc byte[32];
        BinaryPrimitives.WriteUInt128LittleEndian(joined, labels);
        BinaryPrimitives.WriteUInt128LittleEndian(joined[16..], properties);
        return XxHash128.HashToUInt128(joined, NodeSeed);
    }

    /// <summary>Hash of a relationship: what it is itself, and what its endpoints are.</summary>
    public static UInt128 Relationship(UInt128 type, UInt128 properties, ulong startHash, ulong endHash)
    {
        Span<byte> joined = stackalloc byte[48];
        BinaryPrimitives.WriteUInt128LittleEndian(joined, type);
        BinaryPrimitives.WriteUInt128LittleEndian(joined[16..], properties);
        BinaryPrimitives.WriteUInt64LittleEndian(joined[32..], startHash);
        BinaryPrimitives.WriteUInt64LittleEndian(joined[40..], endHash);
        return XxHash128.HashToUInt128(joined, RelationshipSeed);
    }
}
