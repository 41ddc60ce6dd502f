using System.Collections.Concurrent;
using Grap.Archives;
using Grap.Graphs;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>
/// The graph of a running server, read while others may write to it. From opening to <see cref="ConfirmAsync"/> no id
/// is reused, and every commit is noticed (docs/exactness.md).
/// </summary>
internal sealed class LiveGraph : IGraphSource
{
    private readonly Session _session;
    private readonly ConcurrentQueue<string> _notes = new();
    private readonly ReadingConnection _line;
    private readonly CommitWatch _watch;
    private readonly ElementQueries _queries;
    private readonly ConcurrentBag<(ReadingConnection Line, BlockReader Reader)> _readers = [];
    private readonly ConcurrentBag<ReadingConnection> _lines = [];
    private readonly BlockBuffers _buffers = new();
    private readonly SemaphoreSlim _alone = new(1);
    private readonly ProjectionFilter? _filter;
    private IdSpace? _nodes;
    private IdSpace? _relationships;

    private LiveGraph(Session session, ReadingConnection line, CommitWatch watch, GraphSchema schema)
    {
        _session = session;
        _line = line;
        _watch = watch;
        _queries = new ElementQueries(session.CypherPrefix, session.Database, watch.Bookmark);
        _filter = schema.Labels.Contains(ProjectionFilter.Label, StringComparer.Ordinal)
            ? new ProjectionFilter()
            : null;
        Schema = schema;
    }

    /// <inheritdoc/>
    public string Name => $"{_session.Uri} {_session.Database}";

    /// <inheritdoc/>
    public GraphSchema Schema { get; }

    /// <inheritdoc/>
    public Guid? DatabaseId => _watch.DatabaseId;

    /// <inheritdoc/>
    public int Parallelism { get; } = new BackupOptions().EffectiveConnections;

    /// <summary>Begins to read.</summary>
    public static async Task<LiveGraph> OpenAsync(Session session, CancellationToken cancellation)
    {
        var notes = new ConcurrentQueue<string>();
        var line = await ReadingConnection.OpenAsync(session, null, notes, cancellation).ConfigureAwait(false);
        CommitWatch? watch = null;
        try
        {
            watch = await line.AskAsync(asked => CommitWatch.StartAsync(session, asked, cancellation), cancellation)
                .ConfigureAwait(false);
            var schema = await line.AskAsync(
                asked => SchemaReader.ReadAsync(asked, session, cancellation), cancellation).ConfigureAwait(false);
            var graph = new LiveGraph(session, line, watch, schema);
            graph._nodes = await graph.ReadIdSpaceAsync(BlockKind.Nodes, cancellation).ConfigureAwait(false);
            graph._relationships = await graph.ReadIdSpaceAsync(BlockKind.Relationships, cancellation)
                .ConfigureAwait(false);
            return graph;
        }
        catch
        {
            if (watch is not null)
                await watch.DisposeAsync().ConfigureAwait(false);
            await line.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public long Count(BlockKind kind) => Space(kind).Count;

    /// <summary>How many of them were left out so far, since Grap itself keeps them in the database.</summary>
    public long LeftOut(BlockKind kind) =>
        (kind == BlockKind.Nodes ? _filter?.Nodes : _filter?.Relationships) ?? 0;

    /// <inheritdoc/>
    public IEnumerable<long> Ranges(BlockKind kind) => Space(kind).Blocks;

    /// <inheritdoc/>
    public async Task ReadAsync(BlockKind kind, long firstId, Func<GraphPart, ValueTask> take, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(take);
        if (!_readers.TryTake(out var worker))
        {
            var line = await ReadingConnection.OpenAsync(_session, _line.Endpoint, _notes, cancellation)
                .ConfigureAwait(false);
            _lines.Add(line);
            worker = (line, new BlockReader(line, _queries, _watch, _buffers, _filter, _alone));
        }
        await worker.Reader.ReadAsync(Space(kind), firstId, new Sink(take, _buffers, cancellation))
            .ConfigureAwait(false);
        _readers.Add(worker);
    }

    /// <summary>The transaction whose state was read; null where something was committed meanwhile, where the server's
    /// bookmarks cannot be read, or where ids may have been reused. Call it after everything has been read.</summary>
    public async Task<long?> ConfirmAsync(CancellationToken cancellation)
    {
        foreach (var line in _lines.Append(_line))
            _watch.Saw(await line.AskAsync(
                asked => asked.ReadBookmarkAsync(_session.Database, cancellation), cancellation)
                .ConfigureAwait(false));
        return _watch.Quiet && await _watch.StillHoldingAsync(cancellation).ConfigureAwait(false)
            ? _watch.First
            : null;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> IsOneStateAsync(CancellationToken cancellation) =>
        await ConfirmAsync(cancellation).ConfigureAwait(false) is not null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var line in _lines.Append(_line))
            await line.DisposeAsync().ConfigureAwait(false);
        await _watch.DisposeAsync().ConfigureAwait(false);
        _buffers.Dispose();
        _alone.Dispose();
    }

    private IdSpace Space(BlockKind kind) => kind == BlockKind.Nodes ? _nodes! : _relationships!;

    private Task<IdSpace> ReadIdSpaceAsync(BlockKind kind, CancellationToken cancellation) =>
        _line.AskAsync(asked => IdSpace.ReadAsync(asked, _queries, kind, _watch, cancellation), cancellation);

    private sealed class Sink(Func<GraphPart, ValueTask> take, BlockBuffers buffers, CancellationToken stopping) : IBlockSink
    {
        public CancellationToken Stopping => stopping;

        public async ValueTask SubmitAsync(RawBlock block)
        {
            try
            {
                await take(new GraphPart(block.Key, block.Buffer.WrittenMemory.Slice(block.Offset, block.Length)))
                    .ConfigureAwait(false);
            }
            finally
            {
                buffers.Return(block.Buffer);
            }
        }
    }
}
