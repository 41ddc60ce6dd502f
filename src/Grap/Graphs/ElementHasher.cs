using System.IO.Hashing;
using Grap.Bolt;
using Grap.Bolt.PackStream;

namespace Grap.Graphs;

/// <summary>
/// Hashes elements by their meaning: labels and property keys in byte order, values as sent, internal ids left out. One hasher
/// serves one thread. The definition is in docs/archive.md ("Fingerprint"); changing it changes every fingerprint.
/// </summary>
internal sealed class ElementHasher : IDisposable
{
    private const long NodeSeed = 1;
    private const long RelationshipSeed = 2;
    private const long ConnectionSeed = 3;

    // Values above this are hashed where they are: an element of 64 MiB must not be copied.
    private const int LargeBytes = 64 << 10;

    private readonly NativeBuffer _canonical = new(4096);
    private XxHash128? _large;
    private Pair[] _pairs = new Pair[64];

    /// <summary>Hash of a node: its sorted labels and sorted properties.</summary>
    public UInt128 Node(in NodeElement node)
    {
        Begin(node.Properties.Length, NodeSeed);
        AppendSorted(node.Labels, PackStreamType.List);
        AppendSorted(node.Properties, PackStreamType.Map);
        return End(NodeSeed);
    }

    /// <summary>Hash of a relationship: its type, its sorted properties, and what its endpoints are.</summary>
    public UInt128 Relationship(in RelationshipElement relationship, ulong startHash, ulong endHash)
    {
        Begin(relationship.Properties.Length, RelationshipSeed);
        Append(relationship.Type);
        AppendSorted(relationship.Properties, PackStreamType.Map);
        var own = End(RelationshipSeed);
        Span<byte> joined = stackalloc byte[32];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128LittleEndian(joined, own);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(joined[16..], startHash);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(joined[24..], endHash);
        return XxHash128.HashToUInt128(joined, ConnectionSeed);
    }

    /// <inheritdoc/>
    public void Dispose() => ((IDisposable)_canonical).Dispose();

    private void Begin(int bytes, long seed)
    {
        _canonical.Clear();
        _large = bytes > LargeBytes ? new XxHash128(seed) : null;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_large is not null)
            _large.Append(bytes);
        else
            _canonical.Append(bytes);
    }

    private UInt128 End(long seed) =>
        _large?.GetCurrentHashAsUInt128() ?? XxHash128.HashToUInt128(_canonical.Written, seed);

    private void AppendSorted(ReadOnlySpan<byte> value, PackStreamType type)
    {
        var reader = new PackStreamReader(value);
        var isMap = type == PackStreamType.Map;
        var count = isMap ? reader.ReadMapHeader() : reader.ReadListHeader();
        if (count == 0)
        {
            Append(value);
            return;
        }
        if (_pairs.Length < count)
            _pairs = new Pair[Math.Max(count, _pairs.Length * 2)];
        var header = reader.Position;
        var sorted = true;
        for (var i = 0; i < count; i++)
        {
            var start = reader.Position;
            var keyLength = reader.ReadUtf8().Length;
            var keyEnd = reader.Position;
            if (isMap)
                reader.Skip();
            _pairs[i] = new Pair(keyEnd - keyLength, keyLength, start, reader.Position - start);
            if (i > 0)
            {
                var order = Key(value, i - 1).SequenceCompareTo(Key(value, i));
                Elements.Expect(order != 0, isMap ? "an element has one property twice" : "a node has one label twice");
                sorted &= order < 0;
            }
        }
        if (sorted)
        {
            Append(value);
            return;
        }
        Sort(value, count, isMap);
        Append(value[..header]);
        for (var i = 0; i < count; i++)
            Append(value.Slice(_pairs[i].Start, _pairs[i].Length));
    }

    private void Sort(ReadOnlySpan<byte> value, int count, bool isMap)
    {
        // Elements of one kind come with their keys in the same wrong order, few keys each: insertion beats a general sort there.
        if (count <= 24)
        {
            for (var i = 1; i < count; i++)
            {
                var pair = _pairs[i];
                var key = value.Slice(pair.KeyStart, pair.KeyLength);
                var at = i - 1;
                for (; at >= 0 && Key(value, at).SequenceCompareTo(key) > 0; at--)
                    _pairs[at + 1] = _pairs[at];
                _pairs[at + 1] = pair;
            }
        }
        else
        {
            var keys = new byte[count][];
            for (var i = 0; i < count; i++)
                keys[i] = Key(value, i).ToArray();
            Array.Sort(keys, _pairs, 0, count, Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)));
        }
        for (var i = 1; i < count; i++)
        {
            Elements.Expect(!Key(value, i - 1).SequenceEqual(Key(value, i)),
                isMap ? "an element has one property twice" : "a node has one label twice");
        }
    }

    private ReadOnlySpan<byte> Key(ReadOnlySpan<byte> value, int index) =>
        value.Slice(_pairs[index].KeyStart, _pairs[index].KeyLength);

    private readonly record struct Pair(int KeyStart, int KeyLength, int Start, int Length);
}
