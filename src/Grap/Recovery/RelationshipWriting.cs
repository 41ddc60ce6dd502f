using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Recovery;

/// <summary>One writer's way from the source's relationships to transactions: gathered by pairs of groups of nodes, so
/// that no two transactions of a restore want the same node.</summary>
internal sealed class RelationshipWriting(RestoreJob job, TransactionWriter writer, EndpointClaims claims)
    : IRangeWriting, IDisposable
{
    // What is gathered before anything is written: enough to fill a transaction for most pairs.
    private const int GatherBytes = 4 << 20;

    private readonly LabelQueries _queries = new(job, nodes: false);
    private readonly List<Pending>?[] _pairs = new List<Pending>?[claims.Pairs];
    private int _bytes;
    private int _count;

    /// <inheritdoc/>
    public async ValueTask TakeAsync(BlockKey key, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        Gather(content.Span);
        if (_bytes >= GatherBytes || _count >= claims.Pairs * job.Options.BatchElements)
            await CompleteAsync(cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask CompleteAsync(CancellationToken cancellation)
    {
        var pairs = Enumerable.Range(0, _pairs.Length).Where(pair => _pairs[pair] is not null).ToList();
        while (pairs.Count > 0)
        {
            var place = await claims.ClaimAsync(pairs, cancellation).ConfigureAwait(false);
            var pair = pairs[place];
            try
            {
                foreach (var pending in _pairs[pair]!)
                {
                    await writer.WriteAsync(BlockKind.Relationships, pending.Batch, cancellation).ConfigureAwait(false);
                    pending.Batch.Dispose();
                }
            }
            finally
            {
                claims.Release(pair);
            }
            _pairs[pair] = null;
            pairs.RemoveAt(place);
        }
        (_bytes, _count) = (0, 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pending in _pairs.OfType<List<Pending>>().SelectMany(static p => p))
            pending.Batch.Dispose();
    }

    private void Gather(ReadOnlySpan<byte> content)
    {
        var reader = new PackStreamReader(content);
        while (!reader.AtEnd)
        {
            var relationship = RelationshipElement.Read(content, ref reader);
            var query = _queries.Of(relationship.Type);
            if (query is null || !TryFind(relationship, out var start, out var end))
                continue;
            AddRow(query, start, end, relationship.Properties);
        }
    }

    private bool TryFind(RelationshipElement relationship, out long start, out long end)
    {
        var both = job.NodeIds.TryGet(relationship.StartId, out start)
            & job.NodeIds.TryGet(relationship.EndId, out end);
        Elements.Expect(
            both || job.Filter.IsPartial, $"relationship {relationship.Id} lacks one of its nodes");
        return both;
    }

    private void AddRow(LabelQuery query, long start, long end, ReadOnlySpan<byte> properties)
    {
        var pending = PendingOf(claims.PairOf(start, end));
        job.AddRow(pending.Batch, query, [start, end], properties);
        pending.Elements++;
        pending.Bytes += properties.Length;
        _count++;
        _bytes += properties.Length;
    }

    private Pending PendingOf(int pair)
    {
        var batches = _pairs[pair] ??= [];
        if (batches.Count == 0 || batches[^1].Elements >= job.Options.BatchElements
            || batches[^1].Bytes >= job.Options.BatchBytes)
            batches.Add(new Pending());
        return batches[^1];
    }

    private sealed class Pending
    {
        public WriteBatch Batch { get; } = new();
        public int Elements { get; set; }
        public int Bytes { get; set; }
    }
}
