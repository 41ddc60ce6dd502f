using System.Globalization;
using Grap.Backups;
using Grap.Bolt;
using Grap.Graphs;
using Grap.Servers;

namespace Grap.Recovery;

/// <summary>Carries out a schema plan and waits until every index can be used.</summary>
internal sealed class SchemaWriting(
    Session session, WritingConnection connection, SchemaPlan plan, IProgress<WorkProgress>? progress)
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(200);

    private readonly List<NotCarried> _refused = [];
    private readonly List<SchemaStep> _created = [];

    /// <summary>What the target refused although it should know it, with its own words.</summary>
    public IReadOnlyList<NotCarried> Refused => _refused;

    /// <summary>How many constraints, or indexes, were created.</summary>
    public int Created(NotCarriedKind kind) => _created.Count(step => step.Kind == kind);

    /// <summary>How many transactions created them.</summary>
    public int Transactions => _created.Sum(static step => step.Transactions);

    /// <summary>Removes the token lookup indexes that the target has and the graph has not, or has under another
    /// name.</summary>
    public async Task DropTokenLookupsAsync(GraphSchema present, CancellationToken cancellation)
    {
        var wanted = plan.Steps.Where(static s => s.Phase == SchemaPhase.BeforeNodes).Select(static s => s.Name);
        foreach (var name in present.Indexes.Where(static i => i.Type == "LOOKUP").Select(static i => i.Name)
            .Except(wanted, StringComparer.Ordinal))
            await RunAsync($"DROP INDEX {CypherName.Quote(name)} IF EXISTS", [], cancellation).ConfigureAwait(false);
    }

    /// <summary>Creates everything that belongs into a phase.</summary>
    public async Task CreateAsync(SchemaPhase phase, CancellationToken cancellation)
    {
        foreach (var step in plan.Steps.Where(step => step.Phase == phase))
        {
            progress?.Report(new WorkProgress(
                $"Restoring into {session.Database}", $"Creating {step.Kind.ToString().ToLowerInvariant()} {step.Name}"));
            if (await TryCreateAsync(step, cancellation).ConfigureAwait(false) is not { } refusal)
                continue;
            if (step.WithTargetsProvider is { } other
                && await TryCreateAsync(other, cancellation).ConfigureAwait(false) is null)
                _refused.Add(new NotCarried(
                    NotCarriedKind.IndexOption, $"{step.Name}.{SchemaPlan.Provider}",
                    $"The target uses its own; of the one that was named it says: {refusal}"));
            else
                _refused.Add(new NotCarried(step.Kind, step.Name, $"The target refused it: {refusal}"));
        }
    }

    /// <summary>Null where it is there now, else the target's words.</summary>
    private async Task<string?> TryCreateAsync(SchemaStep step, CancellationToken cancellation)
    {
        try
        {
            await RunAsync(step.Cypher, step.Parameters, cancellation).ConfigureAwait(false);
        }
        // Sent again after a lost answer, a procedure finds its index there already.
        catch (BoltException failure) when (IsRefusal(failure)
            && failure.Code is not "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists")
        {
            return failure.Message;
        }
        _created.Add(step);
        return null;
    }

    /// <summary>Waits until every index is filled, full-text ones that lag behind too.</summary>
    public async Task AwaitIndexesAsync(GraphSchema schema, CancellationToken cancellation)
    {
        while (await CountPopulatingAsync(cancellation).ConfigureAwait(false) > 0)
            await Task.Delay(s_pollInterval, cancellation).ConfigureAwait(false);
        if (schema.Indexes.Any(static i => i.Type == "FULLTEXT"))
        {
            await RunAsync("CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()", [], cancellation)
                .ConfigureAwait(false);
        }
    }

    private async Task<int> CountPopulatingAsync(CancellationToken cancellation)
    {
        var rows = await RunAsync(
            "SHOW INDEXES YIELD name, state, populationPercent WHERE state <> 'ONLINE' "
            + "RETURN name, state, populationPercent", [], cancellation).ConfigureAwait(false);
        foreach (var name in rows.Where(static r => r[1] is "FAILED").Select(static r => (string)r[0]!))
        {
            if (!_refused.Exists(r => r.Name == name))
                _refused.Add(new NotCarried(NotCarriedKind.Index, name, "The target could not fill it; its log says why."));
        }
        var populating = rows.Where(static r => r[1] is not "FAILED").ToList();
        if (populating.Count > 0)
        {
            progress?.Report(new WorkProgress(
                $"Restoring into {session.Database}",
                string.Create(CultureInfo.InvariantCulture,
                    $"Filling {populating.Count} indexes, {populating[0][0]} {populating[0][2]:0} %")));
        }
        return populating.Count;
    }

    private Task<List<object?[]>> RunAsync(
        string cypher, IReadOnlyList<(string Name, object? Value)> parameters, CancellationToken cancellation) =>
        connection.AskAsync(
            asked => asked.ReadAllAsync(
                BoltQuery.Create(session.CypherPrefix + cypher, [.. parameters]) with
                {
                    Database = session.Database,
                    Mode = BoltAccessMode.Write,
                    Timeout = TimeSpan.Zero,
                }, cancellation),
            cancellation);

    // Not for lack of rights: that is no property of the graph.
    private static bool IsRefusal(BoltException failure) => failure.Kind == BoltErrorKind.ServerFailure
        && !ReadingConnection.IsLoss(failure) && !failure.IsRetriable
        && failure.Code?.StartsWith("Neo.ClientError.Security.", StringComparison.Ordinal) != true;
}
