using Grap.Bolt;

namespace Grap.Lab.Servers;

/// <summary>
/// Keeps committing many small transactions with an invariant: accounts whose balances always sum to the same, and
/// transfers that are created and, some time later, deleted, so that ids are reused. A copy of the database that
/// breaks the sum shows half a transaction.
/// </summary>
public sealed class LedgerWriter : IAsyncDisposable
{
    /// <summary>How many accounts there are.</summary>
    public const int Accounts = 100;

    /// <summary>What each of them begins with.</summary>
    public const long OpeningBalance = 1000;

    private const int TransfersKept = 200;
    private readonly BoltDriver _driver;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _pause;
    private readonly Task _work;
    private readonly long _before;
    private long _committed;

    private LedgerWriter(BoltDriver driver, TimeSpan pause, long before)
    {
        _driver = driver;
        _pause = pause;
        _before = before;
        _work = Task.Run(WriteAsync);
    }

    /// <summary>Transactions committed so far.</summary>
    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>The number of the newest transfer that was acknowledged.</summary>
    public long Newest => _before + Committed;

    /// <summary>Opens the accounts, unless they are there already, and begins to write; numbers go on behind those that
    /// are there.</summary>
    /// <param name="server">Where.</param>
    /// <param name="pause">Rest after every transaction; none by default.</param>
    /// <param name="cancellation">Ends the opening, not the writing.</param>
    public static async Task<LedgerWriter> StartAsync(
        LabServer server, TimeSpan pause = default, CancellationToken cancellation = default)
    {
        var driver = server.Connect();
        long before;
        await using (var connection = await driver.AcquireAsync(BoltAccessMode.Write, cancellation: cancellation))
        {
            var open = BoltQuery.Create(
                "UNWIND range(1, $accounts) AS number "
                    + "MERGE (a:Account { number: number }) ON CREATE SET a.balance = $balance",
                ("accounts", (long)Accounts), ("balance", OpeningBalance));
            await RunAsync(connection, open, cancellation);
            before = (long)(await RunAsync(
                connection, new BoltQuery("MATCH (t:Transfer) RETURN coalesce(max(t.number), 0)"), cancellation))[0]!;
        }
        return new LedgerWriter(driver, pause, before);
    }

    /// <summary>Looks at a database, or a copy of one, that holds what such a writer wrote.</summary>
    /// <param name="connection">A connection to it.</param>
    /// <param name="acknowledged">The newest transfer that must be in it.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>What does not hold, each in a sentence: a lost transfer, half a one, a gap.</returns>
    public static async Task<IReadOnlyList<string>> InspectAsync(
        BoltConnection connection, long acknowledged, CancellationToken cancellation)
    {
        var accounts = await RunAsync(connection,
            new BoltQuery("MATCH (a:Account) RETURN count(a), coalesce(sum(a.balance), 0)"), cancellation);
        var transfers = await RunAsync(connection, new BoltQuery(
            "MATCH (t:Transfer) RETURN count(t), coalesce(max(t.number), 0), count(DISTINCT t.number), "
            + "coalesce(min(t.number), 0), count(t.amount + t.at.year)"), cancellation);
        var whole = await RunAsync(connection, new BoltQuery(
            "MATCH (:Account)-[:SENT]->(t:Transfer)-[:TO]->(:Account) RETURN count(DISTINCT t), count(*)"), cancellation);
        var (count, newest) = ((long)transfers[0]!, (long)transfers[1]!);
        var problems = new List<string>();
        Expect("accounts", Accounts, accounts[0]);
        Expect("sum of their balances", Accounts * OpeningBalance, accounts[1]);
        if (newest < acknowledged)
            problems.Add($"Transfer {acknowledged} was acknowledged, and the newest is {newest}.");
        Expect("transfers", Math.Min(newest, TransfersKept), count);
        Expect("numbers of transfers", count, transfers[2]);
        Expect("the oldest transfer's number", count == 0 ? 0 : newest - count + 1, transfers[3]);
        Expect("transfers with all properties", count, transfers[4]);
        Expect("transfers between two accounts", count, whole[0]);
        Expect("ways over a transfer", count, whole[1]);
        return problems;

        void Expect(string what, long expected, object? found)
        {
            if (!expected.Equals(found))
                problems.Add($"The {what}: {expected} expected, {found} found.");
        }
    }

    /// <summary>Waits until a number of transactions has been committed since the start.</summary>
    public async Task WaitForAsync(long committed, CancellationToken cancellation)
    {
        while (Committed < committed)
        {
            if (_work.IsCompleted)
                await _work;
            await Task.Delay(10, cancellation);
        }
    }

    /// <summary>Stops writing. Throws what the writing failed with, if it did.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _work;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await StopAsync();
        }
        finally
        {
            _stop.Dispose();
            await _driver.DisposeAsync();
        }
    }

    private async Task WriteAsync()
    {
        await using var connection = await _driver.AcquireAsync(BoltAccessMode.Write);
        var random = new Random(1);
        // Only between transactions is it asked whether to stop: a transaction that was begun is acknowledged or
        // known to have failed.
        for (var number = _before + 1; !_stop.IsCancellationRequested; number++)
        {
            var transfer = BoltQuery.Create(
                """
                MATCH (a:Account { number: $from }), (b:Account { number: $to })
                SET a.balance = a.balance - $amount, b.balance = b.balance + $amount
                CREATE (a)-[:SENT]->(:Transfer { number: $number, amount: $amount, at: datetime() })-[:TO]->(b)
                WITH count(*) AS done
                OPTIONAL MATCH (old:Transfer { number: $number - $kept })
                DETACH DELETE old
                """,
                ("from", random.NextInt64(1, Accounts + 1)), ("to", random.NextInt64(1, Accounts + 1)),
                ("amount", random.NextInt64(1, 100)), ("number", number), ("kept", (long)TransfersKept));
            await RunAsync(connection, transfer, CancellationToken.None);
            Interlocked.Increment(ref _committed);
            if (_pause > TimeSpan.Zero)
                await Task.Delay(_pause);
        }
    }

    private static async Task<object?[]> RunAsync(
        BoltConnection connection, BoltQuery query, CancellationToken cancellation)
    {
        await using var cursor = await connection.RunAsync(query with { Mode = BoltAccessMode.Write }, cancellation);
        object?[] row = [];
        // Writing returns no rows; the end of the stream is the commit's acknowledgement.
        while (await cursor.ReadAsync(cancellation))
            row = cursor.Values;
        return row;
    }
}
