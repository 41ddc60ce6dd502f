using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using Grap.Archives;
using Grap.Archives.Columns;
using Grap.Bolt.PackStream;

namespace Grap.Graphs;

/// <summary>A relationship that needs a node which is not there.</summary>
internal readonly record struct MissingEndpoint(long RelationshipId, long NodeId);

/// <summary>
/// What a graph's blocks say together: counts by label and type, the fingerprint, and whether they contradict each
/// other. All node blocks first, from any threads, in any order; then <see cref="CompleteNodes"/>; then all
/// relationship blocks; then <see cref="CompleteCounts"/>.
/// </summary>
internal sealed class GraphDigest
{
    private readonly NodeTable _nodes = new();
    private readonly ConcurrentDictionary<(BlockKind, long), ConcurrentBag<(int Part, long First, long Last)>> _spans =
        new();
    private readonly ConcurrentBag<Worker> _workers = [];
    private readonly object _totalsLock = new();
    private readonly SortedDictionary<string, long> _labels = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _types = new(StringComparer.Ordinal);
    private readonly List<MissingEndpoint> _missing = [];
    private UInt128 _sum;
    private long _nodeCount;
    private long _relationshipCount;

    /// <summary>Relationships whose endpoint is not among the nodes.</summary>
    public IReadOnlyList<MissingEndpoint> Missing => _missing;

    /// <summary>Takes in one block of nodes and returns how many it holds. With the layout of the content, if there is
    /// one, that is quicker.</summary>
    public int AddNodes(BlockKey key, ReadOnlySpan<byte> content, ContentLayout? layout = null)
    {
        var worker = Rent();
        worker.Tally.Begin(layout);
        var reader = new PackStreamReader(content);
        var last = key.FirstId - 1;
        var end = key.FirstId + BlockKey.RangeLength;
        UInt128 sum = 0;
        var count = 0;
        while (!reader.AtEnd)
        {
            var id = Elements.ReadNodeId(ref reader);
            CheckOrder(id, ref last, end, key);
            var (labels, properties) = worker.Tally.Add(content, ref reader);
            var hash = ElementHasher.Node(labels, properties);
            sum += hash;
            worker.Offsets[count] = (ushort)(id - key.FirstId);
            worker.Hashes[count++] = (ulong)hash;
        }
        _nodes.Add(key, worker.Offsets.AsSpan(0, count), worker.Hashes.AsSpan(0, count));
        Merge(worker, sum, count, _labels, ref _nodeCount);
        return count;
    }

    /// <summary>To be called once all nodes are in.</summary>
    public void CompleteNodes() => _nodes.Complete();

    /// <summary>Takes in one block of relationships, like <see cref="AddNodes"/>.</summary>
    public int AddRelationships(BlockKey key, ReadOnlySpan<byte> content, ContentLayout? layout = null)
    {
        var worker = Rent();
        worker.Tally.Begin(layout);
        var reader = new PackStreamReader(content);
        var last = key.FirstId - 1;
        var end = key.FirstId + BlockKey.RangeLength;
        UInt128 sum = 0;
        var count = 0;
        var first = -1L;
        while (!reader.AtEnd)
        {
            var batch = worker.Batch;
            batch.Clear();
            do
            {
                var id = Elements.ReadRelationshipIds(ref reader, out var startId, out var endId);
                CheckOrder(id, ref last, end, key);
                if (count++ == 0)
                    first = id;
                var (type, properties) = worker.Tally.Add(content, ref reader);
                batch.Add(id, startId, endId, type, properties);
            }
            while (!batch.IsFull && !reader.AtEnd);
            batch.FindEndpoints(AddMissing);
            sum += batch.Sum();
        }
        if (count > 0)
            _spans.GetOrAdd((key.Kind, key.FirstId), static _ => []).Add((key.Part, first, last));
        Merge(worker, sum, count, _types, ref _relationshipCount);
        return count;
    }

    /// <summary>To be called once all is in: checks that no two blocks overlap, returns the counts, and leaves the digest's
    /// memory to the next one (for a graph of a million and a half elements a twentieth of the time).</summary>
    public GraphCounts CompleteCounts()
    {
        _nodes.Release();
        while (_workers.TryTake(out var worker))
            worker.Release();
        foreach (var ((_, firstId), bag) in _spans)
        {
            var spans = bag.OrderBy(static s => s.Part).ToArray();
            for (var i = 1; i < spans.Length; i++)
                Elements.Expect(
                    spans[i - 1].Last < spans[i].First, $"relationship ids of the blocks at {firstId} overlap");
        }
        return new GraphCounts
        {
            Nodes = _nodeCount,
            Relationships = _relationshipCount,
            NodesByLabel = _labels,
            RelationshipsByType = _types,
        };
    }

    /// <summary>The sum of all element hashes: the same for equal graphs, whatever their internal ids and order. 32
    /// hexadecimal digits.</summary>
    public string Fingerprint => _sum.ToString("x32", CultureInfo.InvariantCulture);

    private static void CheckOrder(long id, ref long last, long end, BlockKey key)
    {
        if (id <= last || id >= end)
        {
            var what = key.Kind == BlockKind.Nodes ? "node" : "relationship";
            throw Elements.Malformed(id == last
                ? $"{what} id {id} occurs twice"
                : $"{what} id {id} stands in the block at {key.FirstId} part {key.Part} after id {last}");
        }
        last = id;
    }

    private void AddMissing(long relationshipId, long nodeId)
    {
        lock (_totalsLock)
            _missing.Add(new MissingEndpoint(relationshipId, nodeId));
    }

    private Worker Rent() => _workers.TryTake(out var worker) ? worker : new Worker(_nodes);

    private void Merge(Worker worker, UInt128 sum, int count, SortedDictionary<string, long> totals, ref long counter)
    {
        var counts = worker.Tally.Take();
        lock (_totalsLock)
        {
            _sum += sum;
            counter += count;
            foreach (var (name, n) in counts)
                totals[name] = totals.GetValueOrDefault(name) + n;
        }
        counts.Clear();
        _workers.Add(worker);
    }

    // Scratch space of one thread: reused, so that a block costs no garbage.
    private sealed class Worker(NodeTable nodes)
    {
        public ShapeTally Tally { get; } = new();
        public RelationshipBatch Batch { get; } = new(nodes);
        public ushort[] Offsets { get; } = ArrayPool<ushort>.Shared.Rent(BlockKey.RangeLength);
        public ulong[] Hashes { get; } = ArrayPool<ulong>.Shared.Rent(BlockKey.RangeLength);

        public void Release()
        {
            ArrayPool<ushort>.Shared.Return(Offsets);
            ArrayPool<ulong>.Shared.Return(Hashes);
        }
    }
}
