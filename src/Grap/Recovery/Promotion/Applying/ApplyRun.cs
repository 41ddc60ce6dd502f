using Grap.Backups;
using Grap.Bolt;
using Grap.Comparison;
using Grap.Graphs;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>Makes production what a backup is, once: by promoting, or by undoing that.</summary>
internal sealed class ApplyRun(
    PromotionRun run, FolderRepository repository, Session production, string wantedId, PromotionMark mark,
    ApplyOptions options) : IAsyncDisposable
{
    private readonly GraphComparer _comparer = new(options.Time);
    private readonly List<NotCarried> _notCarried = [];
    private readonly List<string> _remarks = [];
    private bool _othersBetween;
    private IGraphSource? _wanted;
    private GraphDifference? _applied;
    private IReadOnlyList<SchemaDifference> _schema = [];

    /// <summary>Runs it, from the beginning or from where the journal says.</summary>
    public async Task<PromotionProof> RunAsync()
    {
        await CheckDatabaseAsync().ConfigureAwait(false);
        _wanted = await GraphSources.OpenAsync(
            repository, wantedId, options.Scratch, run.Progress, run.Cancellation).ConfigureAwait(false);
        await FindOutAsync().ConfigureAwait(false);
        if (run.Journal.Last?.Name != ApplySteps.Applied)
            await ApplyAsync().ConfigureAwait(false);
        return await ProveAsync(
            ApplySteps.TransactionOf(run.Journal.Last!), ApplySteps.Unknown(run.Journal.Record.Steps))
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_wanted is not null)
            await _wanted.DisposeAsync().ConfigureAwait(false);
    }

    // Whether nothing was done but by one transaction.
    private bool IsWhole =>
        run.Journal.Record.Steps.All(static step => step.Name is ApplySteps.Commit or ApplySteps.Applied);

    // What was begun on one database must not be ended on another.
    private async Task CheckDatabaseAsync()
    {
        var record = run.Journal.Record;
        var begun = record.Steps.Count > 0 || record.Stage == PromotionStage.Undoing;
        if (!begun || record.SafetyBackupId is not { } safety)
            return;
        var connection = await production.ConnectAsync(BoltAccessMode.Read, run.Cancellation).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var bookmark = await connection.ReadBookmarkAsync(production.Database, run.Cancellation).ConfigureAwait(false);
        if (!Bookmark.TryParse(bookmark, out var database, out _) || database == repository.Get(safety).DatabaseId)
            return;
        throw new GrapException(GrapCondition.SettingInvalid,
            $"{production.Database} at {production.Uri} is not the database that was promoted to: the safety backup "
            + $"'{safety}' is of another.",
            "Open a session to the server that was promoted to.", production.Uri);
    }

    // What became of a transaction whose process died before it heard of it.
    private async Task FindOutAsync()
    {
        if (run.Journal.Last is not { Name: ApplySteps.Commit } step || !IsWhole)
            return;
        var transactions = new GuardedTransactions(production, mark, 0, 0);
        await using var closing = transactions.ConfigureAwait(false);
        var committed = await transactions.WasCommittedAsync(
            ApplySteps.ConnectionOf(step), ApplySteps.NumberOf(step), run.Cancellation).ConfigureAwait(false);
        if (committed)
        {
            run.Journal.Begin(ApplySteps.Applied, ApplySteps.Details(
                ApplySteps.TransactionOf(step) + 1, ApplySteps.NumberOf(step)));
        }
        else
        {
            run.Journal.RolledBack();
        }
    }

    private async Task ApplyAsync()
    {
        for (var attempt = 1; attempt <= options.Attempts; attempt++)
        {
            var reading = await ReadAsync().ConfigureAwait(false);
            await using var closing = reading.ConfigureAwait(false);
            var (plan, changes) = await PlanAsync(reading).ConfigureAwait(false);
            (_applied, _schema) = (plan.Elements.Difference, plan.Schema);
            if (!plan.Atomic)
                run.Announce(plan.Reason);
            if (await TryAsync(reading, plan, changes).ConfigureAwait(false))
                return;
            if (IsWhole)
                run.Journal.RolledBack();
            else
                _othersBetween = true;
        }
        throw new GrapException(GrapCondition.TargetChanged,
            $"Others kept writing to {production.Database} at {production.Uri}: {options.Attempts} times the difference "
            + "was no longer true when it was to be applied. "
            + (run.Journal.Last is null ? "Production was not touched." : "Production is half changed."),
            "Stop what writes, then run the command again.", production.Uri);
    }

    // Before the first step it is the safety backup. Later that must stay what it is.
    private async Task<LiveReading> ReadAsync()
    {
        if (run.Journal.Last is { } last)
            return await ReadBetweenAsync(last).ConfigureAwait(false);
        run.Tell(ApplySteps.Names);
        var connection = await production.ConnectAsync(BoltAccessMode.Write, run.Cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await TokenNames.CreateAsync(connection, production, _wanted!.Schema, run.Cancellation)
                .ConfigureAwait(false);
        }
        run.Tell(ApplySteps.Safety);
        return LiveReading.Of(
            repository, await run.TakeSafetyBackupAsync(production).ConfigureAwait(false));
    }

    // What is read is applied over, also what others wrote since the step before, which no safety backup has. So where
    // transactions are not known to be the promotion's own, it is kept as a backup beside that: taken like a safety
    // backup, which is simpler than to publish the reading, and costs a second reading only where others wrote. Of two
    // errors it makes the harmless one: a backup too many, where it is not known how much of the schema was changed.
    private async Task<LiveReading> ReadBetweenAsync(PromotionStep last)
    {
        run.Tell(ApplySteps.Read);
        if (!_othersBetween)
        {
            // The mark first: what of the promotion's own is committed after it counts as others', not the other way.
            var own = ApplySteps.TransactionAfter(last, await ReadMarkAsync().ConfigureAwait(false));
            var reading = await LiveReading.TakeAsync(
                production, options.Scratch, options.Time, run.Progress, run.Cancellation).ConfigureAwait(false);
            if (reading.Transaction == own)
                return reading;
            await reading.DisposeAsync().ConfigureAwait(false);
        }
        var kept = await run.TakeInterimBackupAsync(production).ConfigureAwait(false);
        _othersBetween = false;
        return LiveReading.Of(repository, kept);
    }

    private async Task<(ApplyPlan Plan, DifferenceChanges Changes)> PlanAsync(LiveReading reading)
    {
        run.Tell(ApplySteps.Compare);
        // What was undone or interrupted may have made elements anew; where the content agrees, nothing is to be done.
        IGraphSource wanted = reading.Manifest.Fingerprint is { } print && print == _wanted!.Summary?.Fingerprint
            ? reading.Graph
            : new StateOfDatabase(_wanted!, reading.Graph.DatabaseId);
        var (plan, changes) = await ApplyPlanning.MakeAsync(
            reading.Graph, wanted, _wanted!.Schema, production, options, _comparer, run.Progress, run.Cancellation)
            .ConfigureAwait(false);
        if (_notCarried.Count == 0)
            _notCarried.AddRange(plan.Creates.NotCarried);
        return (plan, changes);
    }

    // False where others have committed.
    private async Task<bool> TryAsync(LiveReading reading, ApplyPlan plan, DifferenceChanges changes)
    {
        var job = new RestoreJob(
            _wanted!.Schema, TargetCapabilities.Of(production), new RestoreOptions(), production.CypherPrefix,
            new NodeIds());
        var transactions = new GuardedTransactions(
            production, mark, await ReadMarkAsync().ConfigureAwait(false), reading.Transaction);
        await using var closing = transactions.ConfigureAwait(false);
        var schema = new SchemaSteps(run, production, plan, transactions);
        if (plan.Drops.Count > 0 && !await schema.DropAsync().ConfigureAwait(false))
            return false;
        if (plan.HasElements)
        {
            var writing = new DifferenceWriting(run, production, plan, changes, job, transactions, options);
            if (!await WriteAsync(writing, plan, transactions).ConfigureAwait(false))
                return false;
        }
        run.Tell(ApplySteps.Written);
        if (plan.Creates.Steps.Count > 0)
            _notCarried.AddRange(await schema.CreateAsync(_wanted.Schema).ConfigureAwait(false));
        _notCarried.AddRange(job.Carrier.NotCarried);
        if (transactions.Slipped is { } slipped)
            _remarks.Add(slipped);
        run.Journal.Begin(ApplySteps.Applied, ApplySteps.Details(transactions.Own, transactions.Step));
        return true;
    }

    private async Task<bool> WriteAsync(
        DifferenceWriting writing, ApplyPlan plan, GuardedTransactions transactions)
    {
        if (!plan.AtOnce)
            return await writing.WriteInStepsAsync().ConfigureAwait(false);
        try
        {
            return await writing.WriteAtOnceAsync().ConfigureAwait(false);
        }
        catch when (IsWhole && !transactions.InDoubt)
        {
            // It ended before COMMIT was sent, or is known not to have been committed.
            run.Journal.RolledBack();
            throw;
        }
    }

    // The transactions of a run that was interrupted go on counting where it stopped.
    private async Task<long> ReadMarkAsync()
    {
        var connection = await production.ConnectAsync(BoltAccessMode.Write, run.Cancellation).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        return await mark.ReadAsync(connection, run.Cancellation).ConfigureAwait(false);
    }

    // Transactions up to own are the promotion's; as many more as are unknown may be.
    private async Task<PromotionProof> ProveAsync(long own, long unknown)
    {
        run.Tell(ApplySteps.Verify);
        var live = await LiveGraph.OpenAsync(production, run.Cancellation).ConfigureAwait(false);
        GraphDifference found;
        long? seen;
        await using (live.ConfigureAwait(false))
        {
            found = await _comparer.CompareContentAsync(_wanted!, live, run.Progress, run.Cancellation)
                .ConfigureAwait(false);
            seen = await live.ConfirmAsync(run.Cancellation).ConfigureAwait(false);
        }
        var schema = SchemaComparison.Compare(
            ApplyPlan.Holdable(_wanted!.Schema, _notCarried), live.Schema);
        var equal = schema.Count == 0 && found.SameContent;
        if (!equal && seen == own && _notCarried.TrueForAll(static n => n.Kind != NotCarriedKind.Property))
            throw NotEqual(found, schema);
        if (seen != own && !(equal && seen <= own + unknown))
        {
            _remarks.Add(
                $"Others {(seen <= own + unknown ? "may have" : "have")} committed to {production.Database} since, so it was "
                + "compared with the backup as it is with their changes: "
                + $"{(equal ? "equal all the same" : "it differs")}.");
        }
        if (run.Journal.Record.InterimBackupIds is { Count: > 0 } interim)
            _remarks.Add(OthersBetween(interim));
        if (!options.KeepsOwnNodes)
            await RemoveMarkAsync().ConfigureAwait(false);
        return new PromotionProof
        {
            Equal = equal ? true : null,
            Atomic = IsWhole,
            Nodes = _applied?.Nodes,
            Relationships = _applied?.Relationships,
            Schema = _schema,
            NotCarried = [.. _notCarried.Distinct()],
            Remarks = [.. _remarks.Distinct(StringComparer.Ordinal)],
        };
    }

    private async Task RemoveMarkAsync()
    {
        var connection = await production.ConnectAsync(BoltAccessMode.Write, run.Cancellation).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        await mark.RemoveAsync(connection, run.Cancellation).ConfigureAwait(false);
    }

    private static string OthersBetween(IReadOnlyList<string> interim) =>
        "Others have committed between the steps, or may have, and production was compared again: what they wrote then is "
        + "not in the safety backup and, where the backup has it otherwise, no longer in production. Production as it was "
        + $"found then is kept, pinned: {string.Join(", ", interim)}.";

    private GrapException NotEqual(GraphDifference found, IReadOnlyList<SchemaDifference> schema) => new(
        GrapCondition.PromotionFailed,
        $"{production.Database} at {production.Uri} does not hold what backup '{wantedId}' holds, "
        + (IsWhole ? "although nobody else wrote: " : "which may be what others wrote between the steps: ")
        + $"nodes {found.Nodes}, relationships {found.Relationships}, "
        + (schema.Count == 0 ? "other values." : $"{string.Join(", ", schema.Select(static s => s.Name))} declared."),
        "Undo-GrapPromotion goes back. Compare-GrapBackup -Detailed shows what differs.", wantedId);
}
