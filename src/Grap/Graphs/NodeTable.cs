using System.Collections.Concurrent;
using System.Numerics;
using Grap.Archives;

namespace Grap.Graphs;

/// <summary>
/// Which node ids a graph has, and the hash of each: 8 bytes a node, and a fraction of a bit more to 2 bytes for finding it.
/// Parts are added from any thread; looking up begins after all are in.
/// </summary>
internal sealed class NodeTable
{
    private readonly ConcurrentDictionary<long, ConcurrentBag<Part>> _arriving = new();
    private Dictionary<long, Part[]>? _ranges;

    /// <summary>Adds one block's nodes: rising ids, and their hashes.</summary>
    public void Add(BlockKey key, ReadOnlySpan<ushort> offsets, ReadOnlySpan<ulong> hashes)
    {
        if (offsets.Length > 0)
            _arriving.GetOrAdd(key.FirstId, static _ => []).Add(new Part(key.Part, offsets, hashes));
    }

    /// <summary>Closes the table for adding. Throws GraphInconsistent where the parts of one range overlap.</summary>
    public void Complete()
    {
        _ranges = new Dictionary<long, Part[]>(_arriving.Count);
        foreach (var (firstId, bag) in _arriving)
        {
            var parts = bag.ToArray();
            Array.Sort(parts, static (a, b) => a.Number.CompareTo(b.Number));
            for (var i = 1; i < parts.Length; i++)
                Elements.Expect(parts[i - 1].Last < parts[i].First, $"node ids of the blocks at {firstId} overlap");
            _ranges.Add(firstId, parts);
        }
        _arriving.Clear();
    }

    /// <summary>Finds the hash of the node with <paramref name="id"/>.</summary>
    public bool TryGet(long id, out ulong hash)
    {
        var firstId = id & ~(long)(BlockKey.RangeLength - 1);
        hash = 0;
        if (!_ranges!.TryGetValue(firstId, out var parts))
            return false;
        var offset = (ushort)(id - firstId);
        foreach (var part in parts)
        {
            if (offset <= part.Last)
                return part.TryGet(offset, out hash);
        }
        return false;
    }

    private sealed class Part
    {
        // Where ids have gaps: a bit per id and a running count, or, where few ids are in use, the ids themselves.
        private const int DenseFrom = 4096;

        private readonly ulong[] _hashes;
        private readonly ushort[]? _offsets;
        private readonly ulong[]? _bits;
        private readonly int[]? _ranks;

        public Part(int number, ReadOnlySpan<ushort> offsets, ReadOnlySpan<ulong> hashes)
        {
            Number = number;
            First = offsets[0];
            Last = offsets[^1];
            _hashes = hashes.ToArray();
            if (Last - First + 1 == offsets.Length)
                return;
            if (offsets.Length < DenseFrom)
            {
                _offsets = offsets.ToArray();
                return;
            }
            _bits = new ulong[BlockKey.RangeLength / 64];
            _ranks = new int[_bits.Length];
            foreach (var offset in offsets)
                _bits[offset >> 6] |= 1UL << (offset & 63);
            for (var i = 1; i < _bits.Length; i++)
                _ranks[i] = _ranks[i - 1] + BitOperations.PopCount(_bits[i - 1]);
        }

        public int Number { get; }
        public ushort First { get; }
        public ushort Last { get; }

        public bool TryGet(ushort offset, out ulong hash)
        {
            var index = IndexOf(offset);
            hash = index < 0 ? 0 : _hashes[index];
            return index >= 0;
        }

        private int IndexOf(ushort offset)
        {
            if (offset < First)
                return -1;
            if (_offsets is not null)
                return Math.Max(-1, Array.BinarySearch(_offsets, offset));
            if (_bits is null)
                return offset - First;
            var word = _bits[offset >> 6];
            var bit = 1UL << (offset & 63);
            return (word & bit) == 0 ? -1 : _ranks![offset >> 6] + BitOperations.PopCount(word & (bit - 1));
        }
    }
}
