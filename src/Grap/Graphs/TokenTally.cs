using System.IO.Hashing;
using Grap.Bolt.PackStream;

namespace Grap.Graphs;

/// <summary>Counts how often each label list or type occurs in a block, and hashes each once, without making a string
/// per element.</summary>
internal sealed class TokenTally
{
    // More distinct label lists than this in one block of 65,536 nodes is rare; the tally is then folded early.
    private const int FoldAt = 4096;

    private readonly Dictionary<UInt128, Entry> _entries = [];
    private Entry? _last;

    /// <summary>Counts one occurrence of <paramref name="token"/>, the bytes of a label list or of a type, and returns
    /// its hash (<see cref="ElementHasher.Tokens"/>).</summary>
    public ulong Count(ReadOnlySpan<byte> token, SortedDictionary<string, long> totals)
    {
        // Neighbours mostly have the same labels.
        if (_last is not null && token.SequenceEqual(_last.Bytes))
        {
            _last.Count++;
            return _last.Hash;
        }
        var hash = XxHash128.HashToUInt128(token);
        if (!_entries.TryGetValue(hash, out var entry))
        {
            if (_entries.Count >= FoldAt)
                FoldInto(totals);
            entry = new Entry(token.ToArray(), ElementHasher.Tokens(token));
            _entries.Add(hash, entry);
        }
        entry.Count++;
        _last = entry;
        return entry.Hash;
    }

    /// <summary>Adds what was counted to <paramref name="totals"/>, by name, and starts again.</summary>
    public void FoldInto(SortedDictionary<string, long> totals)
    {
        foreach (var entry in _entries.Values)
        {
            var reader = new PackStreamReader(entry.Bytes);
            var names = reader.Peek() == PackStreamType.List ? reader.ReadListHeader() : 1;
            for (; names > 0; names--)
            {
                var name = reader.ReadString();
                totals[name] = totals.GetValueOrDefault(name) + entry.Count;
            }
        }
        _entries.Clear();
        _last = null;
    }

    private sealed class Entry(byte[] bytes, ulong hash)
    {
        public byte[] Bytes { get; } = bytes;
        public ulong Hash { get; } = hash;
        public long Count { get; set; }
    }
}
