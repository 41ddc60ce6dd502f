using System.Buffers.Binary;
using System.IO.Hashing;
using Grap.Bolt.PackStream;

namespace Grap.Graphs;

/// <summary>
/// Hashes elements by their meaning: whatever has no order (labels, properties) is hashed as the sum of the hashes of
/// its members, values as sent, internal ids left out. The definition is in docs/archive.md ("Fingerprint"); changing
/// it changes every fingerprint.
/// </summary>
/// <remarks>Sums instead of sorted copies: Neo4j returns the properties of a node in any order, and on nodes with 6 of
/// them sorting took 180 ns a node more. Members have 64 bits because XXH3-64 of 12 to 32 bytes takes 3 to 7 ns, XXH128
/// 9 to 17 ns; elements have 128, as millions of them are summed up. A key is the seed of its value's hash, so that it
/// has to be hashed only once for all elements of a shape (<see cref="ShapeTree"/>).</remarks>
internal static class ElementHasher
{
    private const long KeySeed = 0;
    private const long TokenSeed = 1;
    private const long NodeSeed = 2;
    private const long RelationshipSeed = 3;

    /// <summary>Hash of a label list, or of a type.</summary>
    public static ulong Tokens(ReadOnlySpan<byte> labelsOrType)
    {
        var reader = new PackStreamReader(labelsOrType);
        if (reader.Peek() != PackStreamType.List)
            return XxHash3.HashToUInt64(labelsOrType, TokenSeed);
        ulong sum = 0;
        for (var left = reader.ReadListHeader(); left > 0; left--)
            sum += XxHash3.HashToUInt64(reader.Skip(), TokenSeed);
        return sum;
    }

    /// <summary>Hash of a property's key, a PackStream string: the seed of <see cref="Property"/>.</summary>
    public static long Key(ReadOnlySpan<byte> key) => (long)XxHash3.HashToUInt64(key, KeySeed);

    /// <summary>Hash of a property: its value under its key.</summary>
    public static ulong Property(long key, ReadOnlySpan<byte> value) => XxHash3.HashToUInt64(value, key);

    /// <summary>Reads the property map that <paramref name="reader"/> stands on and returns its hash.</summary>
    public static ulong Properties(ref PackStreamReader reader)
    {
        ulong sum = 0;
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            Elements.Expect(reader.Peek() == PackStreamType.String, "a property's key is no string");
            var key = Key(reader.Skip());
            sum += Property(key, reader.Skip());
        }
        return sum;
    }

    /// <summary>Hash of a node.</summary>
    public static UInt128 Node(ulong labels, ulong properties)
    {
        Span<byte> joined = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(joined, labels);
        BinaryPrimitives.WriteUInt64LittleEndian(joined[8..], properties);
        return XxHash128.HashToUInt128(joined, NodeSeed);
    }

    /// <summary>Hash of a relationship: what it is itself, and what its endpoints are.</summary>
    public static UInt128 Relationship(ulong type, ulong properties, ulong startHash, ulong endHash)
    {
        Span<byte> joined = stackalloc byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(joined, type);
        BinaryPrimitives.WriteUInt64LittleEndian(joined[8..], properties);
        BinaryPrimitives.WriteUInt64LittleEndian(joined[16..], startHash);
        BinaryPrimitives.WriteUInt64LittleEndian(joined[24..], endHash);
        return XxHash128.HashToUInt128(joined, RelationshipSeed);
    }
}
