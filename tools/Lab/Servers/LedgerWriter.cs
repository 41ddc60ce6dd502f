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
    private long _committed;

    private LedgerWriter(BoltDriver driver, TimeSpan pause)
    {
        _driver = driver;
        _pause = pause;
        _work = Task.Run(WriteAsync);
    }

    /// <summary>Transactions committed so far.</summary>
    public long Committed => Interlocked.Read(ref _committed);

    /// <summary>Opens the accounts, unless they are there already, and begins to write.</summary>
    /// <param name="server">Where.</param>
    /// <param name="pause">Rest after every transaction; none by default.</param>
    /// <param name="cancellation">Ends the opening, not the writing.</param>
    public static async Task<LedgerWriter> StartAsync(
        LabServer server, TimeSpan pause = default, CancellationToken cancellation = default)
    {
        var driver = server.Connect();
        await using (var connection = await driver.AcquireAsync(BoltAccessMode.Write, cancellation: cancellation))
        {
            var open = BoltQuery.Create(
                "UNWIND range(1, $accounts) AS number "
                    + "MERGE (a:Account { number: number }) ON CREATE SET a.balance = $balance",
                ("accounts", (long)Accounts), ("balance", OpeningBalance));
            await RunAsync(connection, open, cancellation);
        }
        return new LedgerWriter(driver, pause);
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
        await StopAsync();
        _stop.Dispose();
        await _driver.DisposeAsync();
    }

    private async Task WriteAsync()
    {
        await using var connection = await _driver.AcquireAsync(BoltAccessMode.Write);
        var random = new Random(1);
        // Only between transactions is it asked whether to stop: a transaction that was begun is acknowledged or
        // known to have failed.
        for (long number = 1; !_stop.IsCancellationRequested; number++)
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

    private static async Task RunAsync(BoltConnection connection, BoltQuery query, CancellationToken cancellation)
    {
        await using var cursor = await connection.RunAsync(query with { Mode = BoltAccessMode.Write }, cancellation);
        while (await cursor.ReadAsync(cancellation))
        {
            // Writing returns no rows; the end of the stream is the commit's acknowledgement.
        }
    }
}
