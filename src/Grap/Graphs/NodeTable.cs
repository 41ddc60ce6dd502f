using System.Buffers;
using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Grap.Archives;

namespace Grap.Graphs;

/// <summary>
/// Which node ids a graph has, and the hash of each: 8 bytes a node, and a fraction of a bit more to 2 bytes for
/// finding it; up to twice that until all are in. Parts are added from any thread; looking up begins after all are in.
/// </summary>
internal sealed class NodeTable
{
    private readonly ConcurrentDictionary<long, ConcurrentBag<(int Number, Run Run)>> _arriving = new();
    private Dictionary<long, Run> _ranges = [];

    // The same by number of the range, as far as that is not mostly empty: each relationship costs two look-ups.
    private Run?[] _first = [];

    /// <summary>Adds one block's nodes: rising ids, and their hashes.</summary>
    public void Add(BlockKey key, ReadOnlySpan<ushort> offsets, ReadOnlySpan<ulong> hashes)
    {
        if (offsets.Length > 0)
            _arriving.GetOrAdd(key.FirstId, static _ => []).Add((key.Part, new Run(offsets, hashes)));
    }

    /// <summary>Closes the table for adding. Throws GraphInconsistent where the parts of one range overlap.</summary>
    public void Complete()
    {
        _ranges = new Dictionary<long, Run>(_arriving.Count);
        foreach (var (firstId, bag) in _arriving)
        {
            var parts = bag.OrderBy(static part => part.Number).Select(static part => part.Run).ToArray();
            for (var i = 1; i < parts.Length; i++)
                Elements.Expect(parts[i - 1].Last < parts[i].First, $"node ids of the blocks at {firstId} overlap");
            _ranges.Add(firstId, parts is [{ IsTight: true } only] ? only : Run.Join(parts));
        }
        _arriving.Clear();
        var last = _ranges.Count == 0 ? -1 : _ranges.Keys.Max() / BlockKey.RangeLength;
        _first = new Run?[Math.Min(last + 1, 1024 + (4 * _ranges.Count))];
        for (var i = 0; i < _first.Length; i++)
            _first[i] = _ranges.GetValueOrDefault((long)i * BlockKey.RangeLength);
    }

    /// <summary>Empties the table and leaves its memory to the next one. Where nobody does so, the garbage collector has
    /// it.</summary>
    public void Release()
    {
        foreach (var run in _ranges.Values)
            run.Release();
        _ranges = [];
        _first = [];
    }

    /// <summary>Finds the hash of the node with <paramref name="id"/>.</summary>
    public bool TryGet(long id, out ulong hash)
    {
        var range = (ulong)id / BlockKey.RangeLength;
        var run = range < (ulong)_first.Length
            ? _first[range]
            : _ranges.GetValueOrDefault(id & ~(long)(BlockKey.RangeLength - 1));
        if (run is not null)
            return run.TryGet((ushort)(id & (BlockKey.RangeLength - 1)), out hash);
        hash = 0;
        return false;
    }

    /// <summary>Gives out what is in a complete table, range by range, in rising order of ids: the first id of the range,
    /// where in it the nodes are, and their hashes.</summary>
    public void ForEachRange(TakeRange take)
    {
        var offsets = new ushort[BlockKey.RangeLength];
        foreach (var (firstId, run) in _ranges.OrderBy(static range => range.Key))
            take(firstId, offsets.AsSpan(0, run.CopyOffsets(offsets)), run.Hashes);
    }

    /// <summary>Begins to load what <see cref="TryGet"/> will need for <paramref name="id"/>.</summary>
    public void Prefetch(long id)
    {
        var range = (ulong)id / BlockKey.RangeLength;
        if (range < (ulong)_first.Length)
            _first[range]?.Prefetch((int)(id & (BlockKey.RangeLength - 1)));
    }

    /// <summary>Takes one range.</summary>
    public delegate void TakeRange(long firstId, ReadOnlySpan<ushort> offsets, ReadOnlySpan<ulong> hashes);

    /// <summary>The nodes of one range, or of a part of it.</summary>
    private sealed class Run
    {
        // Where ids have gaps: a bit per id and a running count, or, where few ids are in use, the ids themselves.
        private const int DenseFrom = 4096;

        private readonly ulong[] _hashes;
        private readonly int _count;
        private readonly ushort[]? _offsets;
        private readonly ulong[]? _bits;
        private readonly int[]? _ranks;

        public Run(ReadOnlySpan<ushort> offsets, ReadOnlySpan<ulong> hashes)
            : this(offsets, ArrayPool<ulong>.Shared.Rent(hashes.Length)) => hashes.CopyTo(_hashes);

        private Run(ReadOnlySpan<ushort> offsets, ulong[] hashes)
        {
            First = offsets[0];
            Last = offsets[^1];
            _hashes = hashes;
            _count = offsets.Length;
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

        /// <summary>Whether most of its memory is in use.</summary>
        public bool IsTight => Fits(_count, _hashes.Length);

        public ushort First { get; }
        public ushort Last { get; }

        public ReadOnlySpan<ulong> Hashes => _hashes.AsSpan(0, _count);

        /// <summary>Makes one of several that follow each other.</summary>
        public static Run Join(Run[] parts)
        {
            var all = parts.Sum(static part => part._count);
            // The pool has powers of two only.
            var hashes = Fits(all, (int)BitOperations.RoundUpToPowerOf2((uint)all))
                ? ArrayPool<ulong>.Shared.Rent(all)
                : new ulong[all];
            var offsets = ArrayPool<ushort>.Shared.Rent(all);
            var count = 0;
            foreach (var part in parts)
            {
                part.Hashes.CopyTo(hashes.AsSpan(count));
                count += part.CopyOffsets(offsets.AsSpan(count));
                part.Release();
            }
            var joined = new Run(offsets.AsSpan(0, all), hashes);
            ArrayPool<ushort>.Shared.Return(offsets);
            return joined;
        }

        /// <summary>The last that is done with it.</summary>
        public void Release()
        {
            if (BitOperations.IsPow2(_hashes.Length))
                ArrayPool<ulong>.Shared.Return(_hashes);
        }

        public bool TryGet(ushort offset, out ulong hash)
        {
            var index = IndexOf(offset);
            var found = (uint)index < (uint)_count;
            hash = found ? _hashes[index] : 0;
            return found;
        }

        /// <summary>Writes where its nodes are, and returns how many there are.</summary>
        public int CopyOffsets(Span<ushort> offsets)
        {
            var count = 0;
            for (int offset = First; offset <= Last; offset++)
            {
                if (IndexOf((ushort)offset) >= 0)
                    offsets[count++] = (ushort)offset;
            }
            return count;
        }

        /// <summary>A hint, for ranges without gaps.</summary>
        public unsafe void Prefetch(int offset)
        {
            var index = offset - First;
            if (Sse.IsSupported && _offsets is null && _bits is null && (uint)index < (uint)_count)
                Sse.Prefetch0(Unsafe.AsPointer(ref _hashes[index]));
        }

        private static bool Fits(int count, int room) => room - count <= room / 8;

        private int IndexOf(ushort offset)
        {
            if (_bits is null)
                return _offsets is null ? offset - First : Array.BinarySearch(_offsets, offset);
            var word = _bits[offset >> 6];
            var bit = 1UL << (offset & 63);
            return (word & bit) == 0 ? -1 : _ranks![offset >> 6] + BitOperations.PopCount(word & (bit - 1));
        }
    }
}
