using Grap.Bolt;
using Grap.Servers;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>Carries the elements of a plan out: all in one transaction, or in many.</summary>
internal sealed class DifferenceWriting(
    PromotionRun run, Session session, ApplyPlan plan, DifferenceChanges changes, RestoreJob job,
    GuardedTransactions transactions, ApplyOptions options)
{
    // As a restore sends them: larger messages are not faster.
    private const int MostBytes = 2 << 20;

    private readonly Dictionary<long, long> _created = [];

    /// <summary>All in one transaction. False, and nothing was changed, where somebody else has committed.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.PromotionFailed"/>: it is more than the server's
    /// transaction memory; nothing was changed.</exception>
    public async Task<bool> WriteAtOnceAsync()
    {
        try
        {
            return await transactions.TryCommitAsync(WriteAllAsync, connectionId =>
            {
                run.Tell(ApplySteps.Commit);
                run.Journal.Begin(ApplySteps.Commit, ApplySteps.Details(
                    transactions.Own, transactions.Step, connectionId));
                run.Tell(ApplySteps.Committing);
            }, run.Cancellation).ConfigureAwait(false);
        }
        catch (BoltException failure) when (ServerCodes.MeansOutOfMemory(failure))
        {
            throw new GrapException(GrapCondition.PromotionFailed,
                $"The difference is more than the transaction memory of {session.Uri}. Nothing was changed.",
                "Raise dbms.memory.transaction.total.max in its neo4j.conf, try again when less is running, or have it "
                + "changed in many transactions (-Stepwise), which is not atomic.", session.Uri, failure);
        }
    }

    /// <summary>In many transactions. False where somebody else has committed in between: what was changed until then
    /// stands, and the difference must be computed again.</summary>
    public async Task<bool> WriteInStepsAsync()
    {
        foreach (var phase in Phases())
        {
            run.Journal.Begin(phase.Name, ApplySteps.Details(transactions.Own, transactions.Step));
            run.Tell(phase.Name);
            if (!await ForEachBatchAsync(phase, CommitAsync).ConfigureAwait(false))
                return false;
        }
        return true;
    }

    // The batches that follow may be about what others have just written.
    private async Task<bool> CommitAsync(WriteBatch batch) =>
        await transactions.TryCommitAsync(
            connection => RowExecution.RunAsync(connection, session, batch, _created, run.Cancellation), null,
            run.Cancellation).ConfigureAwait(false)
        && transactions.Slipped is null;

    private async Task WriteAllAsync(BoltConnection connection)
    {
        _created.Clear();
        foreach (var phase in Phases())
        {
            run.Tell(phase.Name);
            await ForEachBatchAsync(phase, async batch =>
            {
                await RowExecution.RunAsync(connection, session, batch, _created, run.Cancellation)
                    .ConfigureAwait(false);
                return true;
            }).ConfigureAwait(false);
        }
    }

    private IEnumerable<ApplyPhase> Phases() =>
        ApplyPhase.InOrder.Where(phase => phase.Count(plan.Elements.Difference) > 0);

    // False as soon as a batch says so.
    private async Task<bool> ForEachBatchAsync(ApplyPhase phase, Func<WriteBatch, Task<bool>> write)
    {
        var rows = new ChangeRows(job, new UniqueValues(plan.InForce), _created);
        var batch = new WriteBatch();
        try
        {
            var (count, bytes, going) = (0, 0, true);
            await changes.ForEachAsync(phase.Kind, phase.Change, async change =>
            {
                if (!going)
                    return;
                rows.Add(batch, phase, change);
                count++;
                bytes += change.After.Length;
                if (count < options.BatchElements && bytes < MostBytes)
                    return;
                going = await write(batch).ConfigureAwait(false);
                batch.Dispose();
                (batch, count, bytes) = (new WriteBatch(), 0, 0);
            }, run.Cancellation).ConfigureAwait(false);
            return going && (batch.Groups.Count == 0 || await write(batch).ConfigureAwait(false));
        }
        finally
        {
            batch.Dispose();
        }
    }
}
