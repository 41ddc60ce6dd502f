using Grap.Bolt;
using Grap.Servers;

namespace Grap.Tests.Torture.OnlineCopy.Workload;

/// <summary>Sends one transaction after the other, each until it is acknowledged.</summary>
internal abstract class Writer(int id, Ledger ledger)
{
    private const string TimedOut = "Neo.ClientError.Transaction.TransactionTimedOut";
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(50);
    private bool _unsure;

    /// <summary>Transactions known to be in the database.</summary>
    protected abstract long Number { get; }

    /// <summary>Writes until it is told to stop, between two transactions, or until the server is gone.</summary>
    public async Task WriteAsync(BoltDriver driver, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await driver.AcquireAsync(BoltAccessMode.Write, cancellation: stop);
                while (!stop.IsCancellationRequested)
                    await ContinueAsync(connection, stop);
            }
            catch (BoltException gone) when (gone.Kind is not BoltErrorKind.ServerFailure)
            {
                return; // killed or stopped; whoever did that starts it again, and then the writers
            }
            catch (BoltException busy) when (busy.IsRetriable || busy.Code == TimedOut)
            {
                // A deadlock, a server that is stopping, an endless wait: the same transaction again, unless it was
                // committed after all.
                await Task.Delay(s_patience, CancellationToken.None);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Sends the transaction after those that are known to be there.</summary>
    protected abstract Task SendAsync(BoltConnection connection, CancellationToken cancellation);

    /// <summary>Enters the transaction that was sent last as being in the database.</summary>
    protected abstract void Enter();

    /// <summary>Asks the database whether the transaction that was sent last is in it.</summary>
    protected abstract Task<bool> AskAsync(BoltConnection connection, CancellationToken cancellation);

    /// <summary>Rests before the next transaction.</summary>
    protected abstract TimeSpan Rest();

    private async Task ContinueAsync(BoltConnection connection, CancellationToken stop)
    {
        // What has begun is brought to its end, so that no transaction is left of which nobody knows.
        var never = CancellationToken.None;
        if (!_unsure || !await AskAsync(connection, never))
        {
            if (Rest() is var rest && rest > TimeSpan.Zero)
                await Task.Delay(rest, stop);
            ledger.Send(id, Number + 1);
            _unsure = true;
            await SendAsync(connection, never);
        }
        _unsure = false;
        ledger.Acknowledge(id, Number + 1);
        Enter();
    }

    /// <summary>Runs a query of which no rows matter.</summary>
    protected static async Task RunAsync(BoltConnection connection, BoltQuery query, CancellationToken cancellation) =>
        await connection.ReadAllAsync(query, cancellation);
}
