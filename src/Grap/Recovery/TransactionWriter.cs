using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Servers;

namespace Grap.Recovery;

/// <summary>Writes batches, each in a transaction of its own, exactly once: what is known to have failed for a passing
/// reason is sent again, and a lost answer to COMMIT is looked into first.</summary>
/// <param name="session">Where to.</param>
/// <param name="ledger">What has been committed.</param>
/// <param name="number">From 0: two writers that met do not try again at the same time.</param>
/// <param name="bookmarks">What the server must have applied before it begins.</param>
internal sealed class TransactionWriter(
    Session session, CommitLedger ledger, int number, IReadOnlyList<string> bookmarks) : IAsyncDisposable
{
    private const int MostAttempts = 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly WritingConnection _connection = new(session);

    /// <summary>The bookmark of the last transaction.</summary>
    public string? Bookmark { get; private set; }

    /// <summary>Transactions that were sent again.</summary>
    public long Retries { get; private set; }

    /// <summary>Writes a batch; <see cref="WriteBatch.Created"/> then says what it became.</summary>
    public async Task WriteAsync(BlockKind kind, WriteBatch batch, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (failure, doubt) = await TryAsync(kind, batch, cancellation).ConfigureAwait(false);
            if (failure is null)
                return;
            var lost = ReadingConnection.IsLoss(failure);
            if (lost)
                await _connection.PauseAsync(failure, cancellation).ConfigureAwait(false);
            if (doubt is not null
                && await ledger.WasCommittedAsync(doubt, _connection, cancellation).ConfigureAwait(false))
                return;
            Retries++;
            if (ServerCodes.MeansOutOfMemory(failure) && batch.Split() is var (first, second))
            {
                await WriteHalvesAsync(kind, batch, first, second, cancellation).ConfigureAwait(false);
                return;
            }
            if (!lost && (!failure.IsRetriable || attempt == MostAttempts))
                throw Refused(failure, batch);
            if (!lost)
                await Task.Delay(s_pause * (attempt * (number + 1)), cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    // The failure, and the doubt whether it is one where COMMIT had been sent.
    private async Task<(BoltException? Failure, CommitLedger.Uncertain? Doubt)> TryAsync(
        BlockKind kind, WriteBatch batch, CancellationToken cancellation)
    {
        await ledger.EnterAsync(cancellation).ConfigureAwait(false);
        var sent = false;
        try
        {
            var connection = await _connection.GetAsync(cancellation).ConfigureAwait(false);
            await RunAsync(connection, batch, cancellation).ConfigureAwait(false);
            sent = true;
            Bookmark = await connection.CommitAsync(cancellation).ConfigureAwait(false) ?? Bookmark;
            ledger.Confirm(kind, batch.Count);
            _connection.Arrived();
            return (null, null);
        }
        catch (BoltException failure)
        {
            var doubt = sent
                ? ledger.Doubt(kind, [.. batch.Created.Select(static c => c.Id)], _connection.Id)
                : null;
            return (failure, doubt);
        }
        finally
        {
            ledger.Leave();
        }
    }

    private async Task RunAsync(BoltConnection connection, WriteBatch batch, CancellationToken cancellation)
    {
        batch.Created.Clear();
        await connection.BeginAsync(new BoltQuery("")
        {
            Database = session.Database,
            Mode = BoltAccessMode.Write,
            Bookmarks = bookmarks,
            // A limit of the server's for its users' queries is none for a restore.
            Timeout = TimeSpan.Zero,
        }, cancellation).ConfigureAwait(false);
        foreach (var group in batch.Groups)
        {
            var before = batch.Created.Count;
            var cursor = await connection.RunAsync(
                new BoltQuery(group.Query) { Parameters = group.Parameters, FetchSize = -1 }, cancellation)
                .ConfigureAwait(false);
            await using (cursor.ConfigureAwait(false))
            {
                while (await cursor.ReadAsync(cancellation).ConfigureAwait(false))
                    ReadCreated(cursor.Record.Span, batch.Created);
            }
            if (batch.Created.Count - before != group.Count)
                throw Incomplete(group.Count, batch.Created.Count - before);
        }
    }

    /// <summary>Reads a record of a query that creates.</summary>
    internal static void ReadCreated(ReadOnlySpan<byte> record, List<(int Row, long Id)> created)
    {
        var reader = new PackStreamReader(record);
        reader.ReadListHeader();
        for (var left = reader.ReadListHeader(); left > 0; left--)
        {
            var row = 0;
            if (reader.Peek() == PackStreamType.List)
            {
                reader.ReadListHeader();
                row = (int)reader.ReadInteger();
            }
            created.Add((row, reader.ReadInteger()));
        }
    }

    private async Task WriteHalvesAsync(
        BlockKind kind, WriteBatch batch, WriteBatch first, WriteBatch second, CancellationToken cancellation)
    {
        batch.Created.Clear();
        foreach (var half in new[] { first, second })
        {
            using (half)
            {
                await WriteAsync(kind, half, cancellation).ConfigureAwait(false);
                batch.Created.AddRange(half.Created);
            }
        }
    }

    private GrapException Refused(BoltException failure, WriteBatch batch) =>
        ServerCodes.MeansOutOfMemory(failure) && batch.Count == 1
            ? new GrapException(
                GrapCondition.ElementTooLarge,
                $"A single element of {batch.Groups[0].Bytes} bytes is more than the transaction memory of {session.Uri}.",
                "Raise dbms.memory.transaction.total.max (or the heap) in the target's neo4j.conf, and restore again.",
                session.Uri, failure)
            : ServerFailure.From(failure, session.Uri);

    private GrapException Incomplete(int sent, int created) => new(
        GrapCondition.TargetChanged,
        $"{session.Database} at {session.Uri} created {created} of {sent} elements: nodes that had just been written "
        + "are gone.",
        "Make sure that nobody else writes to the target, empty it, and restore again.", session.Uri);
}
