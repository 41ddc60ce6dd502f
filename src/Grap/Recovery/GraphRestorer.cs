using System.Globalization;
using Grap.Archives;
using Grap.Bolt;
using Grap.Graphs;
using Grap.Recovery.Bulk;
using Grap.Servers;

namespace Grap.Recovery;

/// <summary>Restores a graph through Bolt into an empty database, on this machine or another, of the same version of
/// Neo4j or another.</summary>
public sealed class GraphRestorer
{
    private static readonly TimeSpan s_progressEvery = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider _time;

    /// <summary>Creates a restorer.</summary>
    public GraphRestorer(TimeProvider? time = null) => _time = time ?? TimeProvider.System;

    /// <summary>
    /// Restores <paramref name="source"/>, or the part of it that the options ask for. Everything that the target can
    /// hold is there when it returns, indexes filled; the rest is named in the result. Memory: 8 to 10 bytes a node,
    /// and some MiB for each writer. What was written before a failure or a cancellation stays in the target.
    /// </summary>
    /// <exception cref="GrapException">TargetNotEmpty; TargetChanged, where somebody else wrote to the target;
    /// ElementTooLarge; ArchiveCorrupt or GraphInconsistent, where the source is damaged; or what the wire
    /// reports.</exception>
    public Task<RestoreResult> RestoreAsync(
        IGraphSource source, Session target, RestoreOptions options, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        return RestoreAsync(source, null, target, options, progress, cancellation);
    }

    /// <summary>The same where <paramref name="imported"/>, if there is one, is already in the target and nothing else
    /// is: the rest of the elements, and the schema.</summary>
    internal async Task<RestoreResult> RestoreAsync(
        IGraphSource source, CsvGraph? imported, Session target, RestoreOptions options,
        IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        try
        {
            var line = new WritingConnection(target);
            await using (line.ConfigureAwait(false))
            {
                var present = await line.AskAsync(
                    asked => TargetDatabase.ReadAsync(asked, target, cancellation), cancellation).ConfigureAwait(false);
                if (imported is null)
                    present.ExpectEmpty(target);
                else
                    imported.Expect(source, present, target);
                return await RestoreAsync(source, imported, target, line, present, options, progress, cancellation)
                    .ConfigureAwait(false);
            }
        }
        catch (BoltException failure)
        {
            throw ServerFailure.From(failure, target.Uri);
        }
    }

    private async Task<RestoreResult> RestoreAsync(
        IGraphSource whole, CsvGraph? imported, Session target, WritingConnection line, TargetDatabase present,
        RestoreOptions options, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var source = imported is null ? whole : new LeftElements(whole, imported);
        var began = _time.GetTimestamp();
        var steps = new Dictionary<string, TimeSpan>();
        var capabilities = TargetCapabilities.Of(target);
        var job = new RestoreJob(
            source.Schema, capabilities, options, target.CypherPrefix, new NodeIds(imported?.Kept));
        var plan = SchemaPlan.Of(source.Schema, capabilities, job.Filter);
        var schema = new SchemaWriting(target, line, plan, progress);
        using var ledger = new CommitLedger(
            target, options.EffectiveWriters, present.Nodes, present.Relationships);
        var phase = new WritingPhase(source, target, ledger, options.EffectiveWriters);

        await schema.DropTokenLookupsAsync(present.Schema, cancellation).ConfigureAwait(false);
        await schema.CreateAsync(SchemaPhase.BeforeNodes, cancellation).ConfigureAwait(false);
        using (StartTicker(source, target, ledger, progress, began))
        {
            await StepAsync("Nodes", () => phase.RunAsync(
                BlockKind.Nodes, writer => new NodeWriting(job, writer), cancellation)).ConfigureAwait(false);
            job.NodeIds.Complete();
            await StepAsync("Schema", () => schema.CreateAsync(SchemaPhase.AfterNodes, cancellation))
                .ConfigureAwait(false);
            var claims = new EndpointClaims(options.EffectiveWriters);
            await StepAsync("Relationships", () => phase.RunAsync(
                BlockKind.Relationships, writer => new RelationshipWriting(job, writer, claims), cancellation))
                .ConfigureAwait(false);
        }
        await StepAsync("Schema", async () =>
        {
            await schema.CreateAsync(SchemaPhase.AtTheEnd, cancellation).ConfigureAwait(false);
            await schema.AwaitIndexesAsync(source.Schema, cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);

        var (importedNodes, importedRelationships) =
            imported is null ? default : (present.Nodes, present.Relationships);
        return new RestoreResult
        {
            Source = source.Name,
            Target = $"{target.Database} at {target.Uri}",
            Nodes = importedNodes + ledger.Nodes,
            Relationships = importedRelationships + ledger.Relationships,
            Imported = importedNodes + importedRelationships,
            Constraints = schema.Created(NotCarriedKind.Constraint),
            Indexes = schema.Created(NotCarriedKind.Index),
            Partial = options.IsPartial,
            NotCarried = [.. plan.NotCarried, .. schema.Refused, .. job.Carrier.NotCarried],
            Retries = phase.Retries,
            Duration = _time.GetElapsedTime(began),
            Steps = steps,
            NodeIds = job.NodeIds,
        };

        async Task StepAsync(string name, Func<Task> step)
        {
            var stepBegan = _time.GetTimestamp();
            await step().ConfigureAwait(false);
            steps[name] = steps.GetValueOrDefault(name) + _time.GetElapsedTime(stepBegan);
        }
    }

    private ITimer? StartTicker(
        IGraphSource source, Session target, CommitLedger ledger, IProgress<WorkProgress>? progress, long began)
    {
        if (progress is null)
            return null;
        var (nodes, relationships) = (source.Count(BlockKind.Nodes), source.Count(BlockKind.Relationships));
        return _time.CreateTimer(_ => progress.Report(Tell()), null, TimeSpan.Zero, s_progressEvery);

        WorkProgress Tell()
        {
            var (doneNodes, doneRelationships) = (ledger.Nodes, ledger.Relationships);
            var done = doneNodes + doneRelationships;
            var rate = done / Math.Max(0.001, _time.GetElapsedTime(began).TotalSeconds);
            var left = nodes + relationships - done;
            var (now, of, what) = doneRelationships == 0
                ? (doneNodes, nodes, "nodes")
                : (doneRelationships, relationships, "relationships");
            return new WorkProgress(
                $"Restoring into {target.Database}",
                string.Create(CultureInfo.InvariantCulture, $"{now:N0} of {of:N0} {what}, {rate / 1000:N0} k/s"),
                nodes + relationships > 0 ? Math.Clamp((double)done / (nodes + relationships), 0, 1) : null,
                rate > 0 && left > 0 ? TimeSpan.FromSeconds(left / rate) : null);
        }
    }
}
