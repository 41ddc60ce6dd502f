namespace Grap.Graphs;

/// <summary>
/// Relationships on their way into a fingerprint, some hundred at a time. Their endpoints' hashes lie anywhere in a
/// table of many MiB; looked up in a loop of their own, several of these loads wait for memory at once. That took the
/// digest of 500,000 nodes and 1,000,000 relationships from about 185 to 140 ns of CPU an element; that the loads begin when
/// a relationship is added, and that values of columns are not looked for again (<see cref="ShapeTally"/>), to 90.
/// </summary>
/// <param name="nodes">The table.</param>
internal sealed class RelationshipBatch(NodeTable nodes)
{
    // 14 KiB: it stays in the nearest cache.
    private const int Most = 256;

    private readonly Item[] _items = new Item[Most];
    private int _count;

    /// <summary>Whether there is room for another.</summary>
    public bool IsFull => _count == Most;

    /// <summary>Starts again.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds one, with the hashes of its type and properties (<see cref="ElementHasher"/>).</summary>
    public void Add(long id, long startId, long endId, ulong type, ulong properties)
    {
        nodes.Prefetch(startId);
        nodes.Prefetch(endId);
        _items[_count++] = new Item
        {
            Id = id,
            Start = startId,
            End = endId,
            Type = type,
            Properties = properties,
        };
    }

    /// <summary>Looks up all endpoints, and tells of those that are not there.</summary>
    public void FindEndpoints(Action<long, long> missing)
    {
        foreach (ref var item in _items.AsSpan(0, _count))
        {
            if (!nodes.TryGet(item.Start, out item.StartHash))
                missing(item.Id, item.Start);
            if (!nodes.TryGet(item.End, out item.EndHash))
                missing(item.Id, item.End);
        }
    }

    /// <summary>The sum of their hashes, once the endpoints have been found.</summary>
    public UInt128 Sum()
    {
        UInt128 sum = 0;
        foreach (ref readonly var item in _items.AsSpan(0, _count))
            sum += ElementHasher.Relationship(item.Type, item.Properties, item.StartHash, item.EndHash);
        return sum;
    }

    private struct Item
    {
        public long Id;
        public long Start;
        public long End;
        public ulong Type;
        public ulong Properties;
        public ulong StartHash;
        public ulong EndHash;
    }
}
