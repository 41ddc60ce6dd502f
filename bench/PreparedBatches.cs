using System.Diagnostics;
using Grap.Archives;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Graphs;
using Grap.Recovery;
using Grap.Servers;

namespace Grap.Bench;

/// <summary>The batches of a restore, all encoded before the first is sent.</summary>
internal sealed class PreparedBatches : IDisposable
{
    private readonly Dictionary<int, Queue<WriteBatch>> _waiting = [];
    private readonly Dictionary<int, WriteBatch> _filling = [];
    private readonly List<WriteBatch> _all = [];

    private readonly int _writers;

    // Which pairs of groups of nodes are being written to; null for nodes, which belong to none.
    private readonly EndpointClaims? _claims;

    private PreparedBatches(int writers, EndpointClaims? claims) => (_writers, _claims) = (writers, claims);

    /// <summary>Batches that create the nodes of <paramref name="graph"/>, whose rows are numbered by
    /// <paramref name="ids"/>.</summary>
    public static async Task<PreparedBatches> OfNodesAsync(
        IGraphSource graph, RestoreJob job, List<long> ids, CancellationToken cancellation)
    {
        var prepared = new PreparedBatches(job.Options.EffectiveWriters, claims: null);
        var queries = new LabelQueries(job, nodes: true);
        await ForEachPartAsync(graph, BlockKind.Nodes, content =>
        {
            var reader = new PackStreamReader(content);
            while (!reader.AtEnd)
            {
                var node = NodeElement.Read(content, ref reader);
                prepared.Add(0, job, queries.Of(node.Labels)!, [ids.Count], node.Properties);
                ids.Add(node.Id);
            }
        }, cancellation);
        return prepared;
    }

    /// <summary>Batches that create its relationships between the nodes that have become
    /// <paramref name="created"/>.</summary>
    public static async Task<PreparedBatches> OfRelationshipsAsync(
        IGraphSource graph, RestoreJob job, Dictionary<long, long> created, CancellationToken cancellation)
    {
        var claims = new EndpointClaims(job.Options.EffectiveWriters);
        var prepared = new PreparedBatches(job.Options.EffectiveWriters, claims);
        var queries = new LabelQueries(job, nodes: false);
        await ForEachPartAsync(graph, BlockKind.Relationships, content =>
        {
            var reader = new PackStreamReader(content);
            while (!reader.AtEnd)
            {
                var relationship = RelationshipElement.Read(content, ref reader);
                var (start, end) = (created[relationship.StartId], created[relationship.EndId]);
                prepared.Add(claims.PairOf(start, end), job, queries.Of(relationship.Type)!, [start, end],
                    relationship.Properties);
            }
        }, cancellation);
        return prepared;
    }

    /// <summary>Sends all, and returns the seconds that took.</summary>
    public async Task<double> SendAsync(Session target, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, _writers).Select(_ => Task.Run(
            () => WorkAsync(target, cancellation), cancellation)));
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>What the rows of node batches have become: their numbers and new ids.</summary>
    public IEnumerable<(int Row, long Id)> Created => _all.SelectMany(static batch => batch.Created);

    public void Dispose() => _all.ForEach(static batch => batch.Dispose());

    private async Task WorkAsync(Session target, CancellationToken cancellation)
    {
        await using var line = new WritingConnection(target);
        while (Waiting() is { Count: > 0 } pairs)
        {
            var pair = _claims is null ? pairs[0] : pairs[await _claims.ClaimAsync(pairs, cancellation)];
            try
            {
                WriteBatch? batch;
                lock (_waiting)
                    _waiting[pair].TryDequeue(out batch);
                while (batch is not null && !await TrySendAsync(line, target.Database, batch, cancellation))
                {
                    // A deadlock over the chain that two nodes of different groups share.
                }
            }
            finally
            {
                _claims?.Release(pair);
            }
        }
    }

    private static async Task<bool> TrySendAsync(
        WritingConnection line, string database, WriteBatch batch, CancellationToken cancellation)
    {
        try
        {
            await SendAsync(await line.GetAsync(cancellation), database, batch, cancellation);
            return true;
        }
        catch (BoltException failure) when (failure.IsRetriable)
        {
            batch.Created.Clear();
            return false;
        }
    }

    private static async Task SendAsync(
        BoltConnection connection, string database, WriteBatch batch, CancellationToken cancellation)
    {
        await connection.BeginAsync(
            new BoltQuery("") { Database = database, Mode = BoltAccessMode.Write, Timeout = TimeSpan.Zero }, cancellation);
        foreach (var group in batch.Groups)
        {
            var query = new BoltQuery(group.Query) { Parameters = group.Parameters, FetchSize = -1 };
            await using var cursor = await connection.RunAsync(query, cancellation);
            while (await cursor.ReadAsync(cancellation))
                TransactionWriter.ReadCreated(cursor.Record.Span, batch.Created);
        }
        await connection.CommitAsync(cancellation);
    }

    private List<int> Waiting()
    {
        lock (_waiting)
            return [.. _waiting.Where(static pair => pair.Value.Count > 0).Select(static pair => pair.Key)];
    }

    private void Add(int pair, RestoreJob job, LabelQuery query, ReadOnlySpan<long> ids, ReadOnlySpan<byte> properties)
    {
        if (!_filling.TryGetValue(pair, out var batch)
            || batch.Count >= job.Options.BatchElements
            || batch.Groups.Sum(static group => group.Bytes) >= job.Options.BatchBytes)
        {
            _filling[pair] = batch = new WriteBatch();
            _all.Add(batch);
            if (!_waiting.TryGetValue(pair, out var queue))
                _waiting[pair] = queue = new Queue<WriteBatch>();
            queue.Enqueue(batch);
        }
        job.AddRow(batch, query, ids, properties);
    }

    private static async Task ForEachPartAsync(
        IGraphSource graph, BlockKind kind, Action<ReadOnlySpan<byte>> take, CancellationToken cancellation)
    {
        foreach (var firstId in graph.Ranges(kind))
        {
            await graph.ReadAsync(kind, firstId, part =>
            {
                take(part.Content.Span);
                return ValueTask.CompletedTask;
            }, cancellation);
        }
    }
}
