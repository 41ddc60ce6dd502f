using System.Collections.Concurrent;
using Grap.Archives;
using Grap.Graphs;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>What reading a graph gave: blocks in the unfinished archive, and what is known of them.</summary>
internal sealed record ReadingResult
{
    public required Exactness Exactness { get; init; }
    public required string Reason { get; init; }
    public required BackupSource Source { get; init; }
    public required TransactionWindow? Transactions { get; init; }
    public required GraphSchema Schema { get; init; }
    public required GraphCounts Counts { get; init; }
    public required string Fingerprint { get; init; }
    public required ReadingReport Report { get; init; }
}

/// <summary>
/// Reads a live graph into an archive, pass by pass, until one pass sees no commit or there have been enough; then the
/// last pass is completed to a graph that closes. docs/exactness.md tells why this proves what it claims.
/// </summary>
internal sealed class GraphReading(
    Session session, BackupOptions options, ConcurrentQueue<string> notes, IProgress<WorkProgress>? progress,
    TimeProvider time)
    : IDisposable
{
    // A server that restarts under every pass is not going to be read.
    private const int MostVoidPasses = 3;

    private readonly BlockBuffers _buffers = new();
    private readonly LiveBlocks _live = new();
    private int _connections;
    private int _voidPasses;
    private BackupSource? _source;

    /// <summary>The blocks that count.</summary>
    public IReadOnlyList<BlockEntry> Blocks => _live.InOrder();

    /// <summary>Reads everything into <paramref name="archive"/>.</summary>
    public async Task<ReadingResult> RunAsync(
        ReadingConnection line, ArchiveWriter archive, CancellationToken cancellation)
    {
        for (var pass = 1; ; pass++)
        {
            var watch = await line.AskAsync(asked => CommitWatch.StartAsync(session, asked, cancellation), cancellation)
                .ConfigureAwait(false);
            await using (watch.ConfigureAwait(false))
            {
                var read = await ReadPassAsync(line, archive, watch, cancellation).ConfigureAwait(false);
                if (!await watch.StillHoldingAsync(cancellation).ConfigureAwait(false))
                {
                    Void(ref pass);
                    continue;
                }
                var gaps = read.Digest.Missing.Count;
                var whole = gaps == 0 && read.MatchesCountStore;
                if (watch.Quiet && whole)
                    return Result(
                        read, watch, pass, Exactness.Exact,
                        "No transaction was committed from the first read to the last.");
                if (pass < options.MaxPass)
                    continue;
                var reason = WhyFuzzy(watch, read);
                if (options.RequireExact)
                    throw NotExact(reason, pass);
                var completed = await CompleteAsync(line, archive, watch, read, pass, reason, cancellation)
                    .ConfigureAwait(false);
                if (completed is not null)
                    return completed;
                Void(ref pass);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _buffers.Dispose();

    // While no transaction kept ids from being reused, anything may have been read: the pass does not count.
    private void Void(ref int pass)
    {
        if (++_voidPasses == MostVoidPasses)
            throw Unsteady();
        notes.Enqueue("The transaction that keeps ids from being reused was lost; the pass was read again.");
        pass--;
    }

    private async Task<PassReading> ReadPassAsync(
        ReadingConnection line, ArchiveWriter archive, CommitWatch watch, CancellationToken cancellation)
    {
        _live.BeginPass();
        var queries = new ElementQueries(session.CypherPrefix, session.Database, watch.Bookmark);
        var schema = await line.AskAsync(asked => SchemaReader.ReadAsync(asked, session, cancellation), cancellation)
            .ConfigureAwait(false);
        var relationshipCount = await line.AskAsync(
            asked => IdSpace.CountAsync(asked, queries, BlockKind.Relationships, cancellation), cancellation)
            .ConfigureAwait(false);
        var nodes = await ReadIdSpaceAsync(BlockKind.Nodes, cancellation).ConfigureAwait(false);
        var filter = schema.Labels.Contains(ProjectionFilter.Label, StringComparer.Ordinal)
            ? new ProjectionFilter()
            : null;
        var digest = new GraphDigest();
        var elements = new ElementReading(session, options, notes, progress, time, _buffers)
        {
            Endpoint = line.Endpoint,
            Archive = archive,
            Live = _live,
            Queries = queries,
            Watch = watch,
            Filter = filter,
            Digest = digest,
            Expected = nodes.Count + relationshipCount,
        };
        // This connection has nothing else to do while the others read elements.
        var relationships = await MeanwhileAsync(
            stop => elements.ReadAsync(nodes, stop), stop => ReadIdSpaceAsync(BlockKind.Relationships, stop),
            cancellation)
            .ConfigureAwait(false);
        digest.CompleteNodes();
        _source = await MeanwhileAsync(
            stop => elements.ReadAsync(relationships, stop), stop => ReadSourceAsync(line, watch, stop), cancellation)
            .ConfigureAwait(false);
        _connections = Math.Max(_connections, elements.Connections);
        await AskForNewestAsync(line, watch, cancellation).ConfigureAwait(false);
        _live.EndPass();
        return new PassReading(schema, nodes, relationships, filter, queries, digest, digest.CompleteCounts());

        Task<IdSpace> ReadIdSpaceAsync(BlockKind kind, CancellationToken stop) =>
            line.AskAsync(asked => IdSpace.ReadAsync(asked, queries, kind, watch, stop), stop);
    }

    // Reads elements over their own connections and asks a question over this one. What fails first stops the other.
    private static async Task<T> MeanwhileAsync<T>(
        Func<CancellationToken, Task> reading, Func<CancellationToken, Task<T>> question,
        CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var answer = question(stop.Token);
        var read = reading(stop.Token);
        var first = await Task.WhenAny(read, answer).ConfigureAwait(false);
        if (!first.IsCompletedSuccessfully)
            await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(read, answer).ConfigureAwait(false);
        return await answer.ConfigureAwait(false);
    }

    private async Task<BackupSource> ReadSourceAsync(
        ReadingConnection line, CommitWatch watch, CancellationToken cancellation) =>
        _source ?? await line.AskAsync(
            asked => new SourceReader(session, notes).ReadAsync(asked, watch.DatabaseId, cancellation), cancellation)
            .ConfigureAwait(false);

    private async Task AskForNewestAsync(
        ReadingConnection line, CommitWatch watch, CancellationToken cancellation) =>
        watch.Saw(await line.AskAsync(
            asked => asked.ReadBookmarkAsync(session.Database, cancellation), cancellation).ConfigureAwait(false));

    // Null where ids may have been reused meanwhile.
    private async Task<ReadingResult?> CompleteAsync(
        ReadingConnection line, ArchiveWriter archive, CommitWatch watch, PassReading read, int pass, string reason,
        CancellationToken cancellation)
    {
        var editor = new BlockEditor(archive, _live, _buffers, options.CompressionLevel);
        var missing = new MissingNodeReader(line, read.Queries, read.Filter);
        var completion = new FuzzyCompletion(editor, missing.ReadAsync);
        var report = await completion.RunAsync(read.Digest.Missing, read.Schema, cancellation).ConfigureAwait(false);
        await AskForNewestAsync(line, watch, cancellation).ConfigureAwait(false);
        if (!await watch.StillHoldingAsync(cancellation).ConfigureAwait(false))
            return null;

        var digest = new GraphDigest();
        editor.ForEach(BlockKind.Nodes, (entry, content) => digest.AddNodes(entry.Key, content.Written), cancellation);
        digest.CompleteNodes();
        editor.ForEach(
            BlockKind.Relationships, (entry, content) => digest.AddRelationships(entry.Key, content.Written),
            cancellation);
        Elements.Expect(digest.Missing.Count == 0, "a relationship lacks an endpoint after completion");
        var closed = read with { Digest = digest, Counts = digest.CompleteCounts() };
        var result = Result(closed, watch, pass, Exactness.Fuzzy, reason);
        return result with
        {
            Report = result.Report with
            {
                CompletedNodes = report.CompletedNodes,
                DroppedRelationships = report.DroppedRelationships,
                Conflicts = report.Conflicts,
                ConflictRule = report.Conflicts.Count > 0 ? FuzzyCompletion.ConflictRule : null,
            },
        };
    }

    private ReadingResult Result(
        PassReading read, CommitWatch watch, int pass, Exactness exactness, string reason) => new()
    {
        Exactness = exactness,
        Reason = reason,
        Source = _source!,
        Transactions = watch.Last is { } last ? new TransactionWindow(watch.First, last) : null,
        Schema = read.Schema,
        Counts = read.Counts,
        Fingerprint = read.Digest.Fingerprint,
        Report = new ReadingReport
        {
            Passes = pass,
            Connections = _connections,
            NodeIds = read.Nodes.Bound,
            RelationshipIds = read.Relationships.Bound,
            Notes = [.. notes],
        },
    };

    private static string WhyFuzzy(CommitWatch watch, PassReading read) => watch.Last switch
    {
        null => "The server's bookmarks could not be read, so nothing proves that no transaction was committed.",
        var last when last != watch.First =>
            $"Transactions {watch.First + 1} to {last} were committed while the graph was read.",
        _ when read.Digest.Missing.Count > 0 =>
            $"{read.Digest.Missing.Count} relationships name nodes that the server did not return: " +
            "the store may be damaged.",
        _ => $"The count store says {read.Nodes.Count} nodes and {read.Relationships.Count} relationships, but " +
            $"{read.Counts.Nodes} and {read.Counts.Relationships} were read: the store may be damaged.",
    };

    private GrapException NotExact(string reason, int passes) => new(
        GrapCondition.NotExact,
        $"No exact backup of {session.Database} after {passes} passes. {reason} Nothing was published.",
        "Take it in a quieter moment, raise -MaxPass, or leave out -RequireExact to accept a fuzzy backup.",
        session.Database);

    private GrapException Unsteady() => new(
        GrapCondition.ConnectionLost,
        $"The transaction that a backup needs at {session.Uri} was lost {MostVoidPasses} times.",
        "Look for restarts in the server's log, and for something that ends idle transactions or connections; " +
        "then try again.",
        session.Uri);

    private sealed record PassReading(
        GraphSchema Schema, IdSpace Nodes, IdSpace Relationships, ProjectionFilter? Filter, ElementQueries Queries,
        GraphDigest Digest, GraphCounts Counts)
    {
        public bool MatchesCountStore =>
            Counts.Nodes + (Filter?.Nodes ?? 0) == Nodes.Count
            && Counts.Relationships + (Filter?.Relationships ?? 0) == Relationships.Count;
    }
}
