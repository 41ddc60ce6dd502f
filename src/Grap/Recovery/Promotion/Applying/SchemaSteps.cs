using Grap.Bolt;
using Grap.Graphs;
using Grap.Servers;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>The steps that change what production declares. Each statement is a transaction of its own, and some are
/// several.</summary>
internal sealed class SchemaSteps(
    PromotionRun run, Session production, ApplyPlan plan, GuardedTransactions transactions)
{
    /// <summary>Drops what is not to be there. False where others have committed before, or while it was
    /// dropped.</summary>
    public async Task<bool> DropAsync()
    {
        if (!await transactions.IsQuietAsync(run.Cancellation).ConfigureAwait(false))
            return false;
        run.Journal.Begin(ApplySteps.Drop, ApplySteps.Details(transactions.Own, transactions.Step));
        run.Tell(ApplySteps.Drop);
        foreach (var statement in plan.Drops)
        {
            await transactions.AskAsync(connection => connection.ReadAllAsync(
                new BoltQuery(production.CypherPrefix + statement)
                {
                    Database = production.Database,
                    Mode = BoltAccessMode.Write,
                    Timeout = TimeSpan.Zero,
                }, run.Cancellation), run.Cancellation).ConfigureAwait(false);
        }
        // A drop is one transaction: more than there were statements, and others have committed.
        return await transactions.AdvanceAsync(plan.Drops.Count, run.Cancellation).ConfigureAwait(false);
    }

    /// <summary>Creates what is to be there, and waits until it is filled. Returns what production refused.</summary>
    public async Task<IReadOnlyList<NotCarried>> CreateAsync(GraphSchema wanted)
    {
        run.Journal.Begin(ApplySteps.Create, ApplySteps.Details(transactions.Own, transactions.Step));
        run.Tell(ApplySteps.Create);
        var connection = new WritingConnection(production);
        await using var closing = connection.ConfigureAwait(false);
        var writing = new SchemaWriting(production, connection, plan.Creates, run.Progress);
        foreach (var phase in new[] { SchemaPhase.BeforeNodes, SchemaPhase.AfterNodes, SchemaPhase.AtTheEnd })
            await writing.CreateAsync(phase, run.Cancellation).ConfigureAwait(false);
        await writing.AwaitIndexesAsync(wanted, run.Cancellation).ConfigureAwait(false);
        // What others committed meanwhile stays as it is; the comparison finds transactions that are not counted here.
        await transactions.AdvanceAsync(writing.Transactions, run.Cancellation).ConfigureAwait(false);
        return writing.Refused;
    }
}
