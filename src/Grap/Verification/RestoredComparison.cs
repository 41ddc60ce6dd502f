using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Graphs;
using Grap.Recovery;

namespace Grap.Verification;

/// <summary>
/// Compares a graph with what it was restored as, element by element. Nodes are found through the map from old to new
/// ids. Relationships have new ids too, which nobody kept: each is known by its type, its properties and the ids of both
/// ends, and the two sides must hold the same ones equally often. Elements are compared by the hashes that make up a
/// fingerprint (<see cref="ElementHasher"/>); memory is 16 to 20 bytes a node.
/// </summary>
internal sealed class RestoredComparison(IGraphSource original, IGraphSource restored, NodeIds ids)
{
    private const int Bins = 1 << 16;

    private readonly NodeTable _nodes = new();

    // For each bin of start nodes, the sum of what is in the original less what is in the restored graph.
    private readonly ulong[] _low = new ulong[Bins];
    private readonly ulong[] _high = new ulong[Bins];
    private readonly FirstProblems _nodeProblems = new("nodes differ");
    private readonly FirstProblems _relationshipProblems = new("relationships of the backup are not in the restored graph");
    private readonly List<string> _uncounted = [];

    /// <summary>Reads both and returns what differs, and what the restored graph holds.</summary>
    public async Task<(IReadOnlyList<string> Problems, GraphDigest Restored)> RunAsync(CancellationToken cancellation)
    {
        var digest = new GraphDigest();
        await ReadAsync(restored, BlockKind.Nodes, (key, content) =>
        {
            digest.AddNodes(key, content);
            TakeNodes(key, content);
        }, cancellation).ConfigureAwait(false);
        digest.CompleteNodes();
        _nodes.Complete();
        await ReadAsync(original, BlockKind.Nodes, (_, content) => CheckNodes(content), cancellation)
            .ConfigureAwait(false);
        await ReadAsync(original, BlockKind.Relationships, (_, content) =>
            ForEachRelationship(content, renumber: true, (_, start, hash) => Count(start, hash)), cancellation)
            .ConfigureAwait(false);
        await ReadAsync(restored, BlockKind.Relationships, (key, content) =>
        {
            digest.AddRelationships(key, content);
            ForEachRelationship(content, renumber: false, (_, start, hash) => Discount(start, hash));
        }, cancellation).ConfigureAwait(false);
        if (_low.Concat(_high).Any(static sum => sum != 0))
            await NameRelationshipsAsync(cancellation).ConfigureAwait(false);
        return ([.. _nodeProblems.ToList(), .. _relationshipProblems.ToList(), .. _uncounted], digest);
    }

    private static Task ReadAsync(
        IGraphSource source, BlockKind kind, TakePart take, CancellationToken cancellation) =>
        source.ReadAllAsync(kind, part =>
        {
            take(part.Key, part.Content.Span);
            return ValueTask.CompletedTask;
        }, cancellation);

    private void TakeNodes(BlockKey key, ReadOnlySpan<byte> content)
    {
        var (offsets, hashes) = (new List<ushort>(), new List<ulong>());
        var reader = new PackStreamReader(content);
        while (!reader.AtEnd)
        {
            offsets.Add((ushort)(ReadNode(ref reader, out var hash) - key.FirstId));
            hashes.Add(hash);
        }
        _nodes.Add(key, [.. offsets], [.. hashes]);
    }

    private void CheckNodes(ReadOnlySpan<byte> content)
    {
        var reader = new PackStreamReader(content);
        while (!reader.AtEnd)
        {
            var id = ReadNode(ref reader, out var hash);
            if (!ids.TryGet(id, out var became) || !_nodes.TryGet(became, out var found))
                _nodeProblems.Add($"Node {id} is not in the restored graph.");
            else if (found != hash)
                _nodeProblems.Add($"Node {id}, restored as {became}, has other labels or properties.");
        }
    }

    private static long ReadNode(ref PackStreamReader reader, out ulong hash)
    {
        var id = Elements.ReadNodeHead(ref reader, out var labels);
        hash = (ulong)ElementHasher.Node(
            ElementHasher.Tokens(labels), ElementHasher.Properties(ref reader));
        return id;
    }

    private void ForEachRelationship(ReadOnlySpan<byte> content, bool renumber, Action<long, long, UInt128> take)
    {
        var reader = new PackStreamReader(content);
        while (!reader.AtEnd)
        {
            var id = Elements.ReadRelationshipHead(ref reader, out var start, out var end, out var type);
            var properties = ElementHasher.Properties(ref reader);
            if (renumber && !(ids.TryGet(start, out start) & ids.TryGet(end, out end)))
                continue;
            take(id, start, ElementHasher.Relationship(
                ElementHasher.Tokens(type), properties, (ulong)start, (ulong)end));
        }
    }

    private void Count(long start, UInt128 hash)
    {
        Interlocked.Add(ref _low[start % Bins], (ulong)hash);
        Interlocked.Add(ref _high[start % Bins], (ulong)(hash >> 64));
    }

    // Each half by itself: the halves of the negated whole would not balance, for want of the borrow.
    private void Discount(long start, UInt128 hash)
    {
        Interlocked.Add(ref _low[start % Bins], 0UL - (ulong)hash);
        Interlocked.Add(ref _high[start % Bins], 0UL - (ulong)(hash >> 64));
    }

    // Only what is in a few of the bins that do not balance, and so little: each may hold as many as there are.
    private async Task NameRelationshipsAsync(CancellationToken cancellation)
    {
        var all = Enumerable.Range(0, Bins).Where(bin => _low[bin] != 0 || _high[bin] != 0).ToList();
        var odd = all.Take(FirstProblems.Most).ToHashSet();
        var wanted = new Dictionary<UInt128, List<long>>();
        var extra = 0L;
        await ReadAsync(original, BlockKind.Relationships, (_, content) =>
            ForEachRelationship(content, renumber: true, (id, start, hash) =>
            {
                if (!odd.Contains((int)(start % Bins)))
                    return;
                lock (wanted)
                {
                    if (!wanted.TryGetValue(hash, out var same))
                        wanted.Add(hash, same = []);
                    same.Add(id);
                }
            }), cancellation).ConfigureAwait(false);
        await ReadAsync(restored, BlockKind.Relationships, (_, content) =>
            ForEachRelationship(content, renumber: false, (_, start, hash) =>
            {
                if (!odd.Contains((int)(start % Bins)))
                    return;
                lock (wanted)
                {
                    if (wanted.TryGetValue(hash, out var same) && same.Count > 0)
                        same.RemoveAt(same.Count - 1);
                    else
                        extra++;
                }
            }), cancellation).ConfigureAwait(false);
        foreach (var id in wanted.Values.SelectMany(static same => same).Order())
            _relationshipProblems.Add($"Relationship {id} is not in the restored graph as it is in the backup.");
        if (extra > 0)
            _uncounted.Add($"The restored graph has {extra} relationships that the backup has not.");
        if (all.Count > odd.Count)
        {
            _uncounted.Add($"Relationships of {all.Count - odd.Count} more groups of nodes (of {Bins}, by the id of the start) "
                + "differ; they were not looked at one by one.");
        }
    }

    private delegate void TakePart(BlockKey key, ReadOnlySpan<byte> content);
}
