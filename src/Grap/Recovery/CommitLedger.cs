using Grap.Archives;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.Recovery;

/// <summary>
/// Knows what has been committed, also where the answer to a COMMIT was lost. Every writer enters before it begins a
/// transaction and leaves after it has ended. When an answer is lost, nobody enters until the server has let go of the
/// transaction and the elements that it created have been looked for; what is then counted in the database must be what
/// all known commits come to. So a batch is never written twice, and somebody else's writing is noticed.
/// </summary>
internal sealed class CommitLedger(Session session, int writers, long nodesBefore, long relationshipsBefore)
    : IDisposable
{
    private static readonly TimeSpan s_letGoLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _places = new(writers);
    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<Uncertain> _uncertain = [];
    private long _nodes;
    private long _relationships;

    /// <summary>Nodes known to be committed.</summary>
    public long Nodes => Interlocked.Read(ref _nodes);

    /// <summary>Relationships known to be committed.</summary>
    public long Relationships => Interlocked.Read(ref _relationships);

    /// <summary>Waits until a transaction may begin.</summary>
    public Task EnterAsync(CancellationToken cancellation) => _places.WaitAsync(cancellation);

    /// <summary>Says that the transaction has ended, or that nobody will hear of it again.</summary>
    public void Leave() => _places.Release();

    /// <summary>Counts a transaction whose COMMIT was answered.</summary>
    public void Confirm(BlockKind kind, int count) =>
        Interlocked.Add(ref kind == BlockKind.Nodes ? ref _nodes : ref _relationships, count);

    /// <summary>Remembers a transaction whose COMMIT was not answered. To be called before leaving.</summary>
    public Uncertain Doubt(BlockKind kind, IReadOnlyList<long> created, string? connectionId)
    {
        var doubt = new Uncertain(kind, created, connectionId);
        lock (_uncertain)
            _uncertain.Add(doubt);
        return doubt;
    }

    /// <summary>Finds out whether the transaction was committed. Throws <see cref="GrapException"/> (TargetChanged)
    /// where the database does not hold what Grap wrote.</summary>
    public async Task<bool> WasCommittedAsync(
        Uncertain doubt, WritingConnection connection, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        var places = 0;
        try
        {
            if (doubt.Committed is { } known)
                return known;
            for (; places < writers; places++)
                await _places.WaitAsync(cancellation).ConfigureAwait(false);
            await connection.AskAsync(asked => DecideAsync(asked, cancellation), cancellation).ConfigureAwait(false);
            return doubt.Committed!.Value;
        }
        finally
        {
            if (places > 0)
                _places.Release(places);
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _places.Dispose();
        _turn.Dispose();
    }

    private async Task<bool> DecideAsync(BoltConnection connection, CancellationToken cancellation)
    {
        Uncertain[] doubts;
        lock (_uncertain)
            doubts = [.. _uncertain];
        await WaitUntilLetGoAsync(connection, doubts, cancellation).ConfigureAwait(false);
        var (nodes, relationships) = (Nodes, Relationships);
        foreach (var doubt in doubts)
        {
            var found = await CountAsync(connection, doubt, cancellation).ConfigureAwait(false);
            if (found != 0 && found != doubt.Created.Count)
                throw Changed($"{found} of {doubt.Created.Count} elements of one transaction are there");
            doubt.Found = found > 0;
            if (doubt.Kind == BlockKind.Nodes)
                nodes += found;
            else
                relationships += found;
        }
        var counts = await TargetDatabase.CountAsync(connection, session, cancellation).ConfigureAwait(false);
        if (counts != (nodesBefore + nodes, relationshipsBefore + relationships))
        {
            throw Changed(
                $"it has {counts.Nodes} nodes and {counts.Relationships} relationships, "
                + $"of which {nodes} and {relationships} were written here");
        }
        foreach (var doubt in doubts)
        {
            doubt.Committed = doubt.Found;
            if (doubt.Found)
                Confirm(doubt.Kind, doubt.Created.Count);
        }
        lock (_uncertain)
            _uncertain.RemoveAll(doubts.Contains);
        return true;
    }

    // A COMMIT that was cut off from its client may still be under way on the server.
    private async Task WaitUntilLetGoAsync(
        BoltConnection connection, IReadOnlyList<Uncertain> doubts, CancellationToken cancellation)
    {
        var lost = doubts.Select(static d => d.ConnectionId).Where(id => id != connection.Server.ConnectionId).ToList();
        var query = new BoltQuery("SHOW TRANSACTIONS YIELD connectionId RETURN connectionId")
        {
            Database = session.Database,
        };
        using var limit = new CancellationTokenSource(s_letGoLimit);
        while (true)
        {
            var rows = await connection.ReadAllAsync(query, cancellation).ConfigureAwait(false);
            if (!rows.Exists(row => lost.Contains(row[0] as string)))
                return;
            if (limit.IsCancellationRequested)
                throw Changed("the server still runs a transaction whose connection was lost long ago");
            await Task.Delay(s_pollInterval, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<int> CountAsync(BoltConnection connection, Uncertain doubt, CancellationToken cancellation)
    {
        var text = doubt.Kind == BlockKind.Nodes
            ? "MATCH (n) WHERE id(n) IN $ids RETURN count(n)"
            : "MATCH ()-[r]->() WHERE id(r) IN $ids RETURN count(r)";
        var query = new BoltQuery(session.CypherPrefix + text)
        {
            Database = session.Database,
            Parameters = BoltQuery.EncodeParameters(("ids", doubt.Created)),
        };
        var rows = await connection.ReadAllAsync(query, cancellation).ConfigureAwait(false);
        return (int)(long)rows[0][0]!;
    }

    private GrapException Changed(string how) => new(
        GrapCondition.TargetChanged,
        $"The answer to a COMMIT was lost, and {session.Database} at {session.Uri} does not tell what became of it: {how}.",
        "Make sure that nobody else writes to the target, empty it, and restore again.", session.Uri);

    /// <summary>A transaction whose COMMIT was not answered.</summary>
    internal sealed class Uncertain(BlockKind kind, IReadOnlyList<long> created, string? connectionId)
    {
        public BlockKind Kind { get; } = kind;
        public IReadOnlyList<long> Created { get; } = [.. created];
        public string? ConnectionId { get; } = connectionId;
        public bool Found { get; set; }
        public bool? Committed { get; set; }
    }
}
