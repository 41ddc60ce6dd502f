using Grap.Audit;
using Grap.Bolt;
using Grap.Comparison;
using Grap.Graphs;
using Grap.Recovery;
using Grap.Servers;

namespace Grap.Schemas;

/// <summary>Creates what is declared and missing. Nothing is ever changed or dropped, so it can be repeated.</summary>
/// <param name="session">The server and database.</param>
public sealed class SchemaInitializer(Session session)
{
    /// <summary>What there is to create in this database: Grap's own constraint first, then the declared constraints
    /// and indexes. Those to create are <see cref="SchemaOutcome.Missing"/>; the others say what is with
    /// them.</summary>
    /// <param name="schema">What is declared; null for nothing.</param>
    /// <param name="projects">Whether Grap keeps nodes of its own in the database.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<IReadOnlyList<SchemaStepPlan>> PlanAsync(
        DeclaredSchema? schema, bool projects, CancellationToken cancellation)
    {
        var declared = (schema ?? new DeclaredSchema()).ToGraphSchema();
        var plan = SchemaPlan.Of(declared, TargetCapabilities.Of(session), new RestoreFilter(new RestoreOptions()));
        var (live, ownIsThere) = await ReadAsync(cancellation).ConfigureAwait(false);
        var differences = SchemaComparison.Compare(declared, live)
            .ToDictionary(static difference => difference.Name, StringComparer.Ordinal);
        List<SchemaStepPlan> steps = [];
        if (projects)
            steps.Add(new SchemaStepPlan(
                Item(NotCarriedKind.Constraint, Projector.ConstraintName, Projector.Declaration,
                    ownIsThere ? SchemaOutcome.Present : SchemaOutcome.Missing), []));
        steps.AddRange(plan.Steps.Select(step => new SchemaStepPlan(
            differences.GetValueOrDefault(step.Name) is not { Change: not ChangeKind.Added } difference
                ? Item(step.Kind, step.Name, step.Cypher, SchemaOutcome.Present)
                : difference.Change == ChangeKind.Removed
                    ? Item(step.Kind, step.Name, step.Cypher, SchemaOutcome.Missing)
                    : Item(step.Kind, step.Name, step.Cypher, SchemaOutcome.Conflict) with
                    {
                        Problem = $"The database has it as {difference.Difference}.",
                    },
            step.Parameters)));
        steps.AddRange(plan.NotCarried.Select(static missing => new SchemaStepPlan(
            Item(missing.Kind, missing.Name, "", SchemaOutcome.NotSupported) with { Problem = missing.Reason }, [])));
        return steps;
    }

    /// <summary>Creates one item of a plan, and says what became of it.</summary>
    public async Task<SchemaItem> CreateAsync(SchemaStepPlan step, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(step);
        try
        {
            var connection = await session.ConnectAsync(BoltAccessMode.Write, cancellation).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            var cursor = await connection.RunAsync(
                BoltQuery.Create(session.CypherPrefix + step.Item.Cypher, [.. step.Parameters]) with
                {
                    Database = session.Database,
                    Mode = BoltAccessMode.Write,
                }, cancellation).ConfigureAwait(false);
            await using var __ = cursor.ConfigureAwait(false);
            while (await cursor.ReadAsync(cancellation).ConfigureAwait(false))
            {
                // A statement that declares something has no rows worth a look.
            }
            // The same under another name counts as there: the server then creates nothing.
            return step.Item with
            {
                Outcome = QueryAudit.Counters(cursor.Summary!).Any(static counter => counter.Count > 0)
                    || step.Item.Cypher.StartsWith("CALL ", StringComparison.Ordinal)
                        ? SchemaOutcome.Created
                        : SchemaOutcome.Present,
            };
        }
        catch (BoltException refused) when (refused.Kind == BoltErrorKind.ServerFailure && !refused.IsRetriable)
        {
            return step.Item with
            {
                Outcome = SchemaOutcome.Refused,
                Problem = ServerFailure.From(refused, session.Uri).Message,
            };
        }
        catch (BoltException failure)
        {
            throw ServerFailure.From(failure, session.Uri);
        }
    }

    private async Task<(GraphSchema Live, bool OwnIsThere)> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var connection = await session.ConnectAsync(BoltAccessMode.Read, cancellation).ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            var own = await connection.ReadAllAsync(
                BoltQuery.Create(
                    session.CypherPrefix + "SHOW CONSTRAINTS YIELD name WHERE name = $name RETURN name",
                    ("name", Projector.ConstraintName)) with { Database = session.Database },
                cancellation).ConfigureAwait(false);
            var live = await SchemaReader.ReadAsync(connection, session, cancellation).ConfigureAwait(false);
            return (live, own.Count > 0);
        }
        catch (BoltException failure)
        {
            throw ServerFailure.From(failure, session.Uri);
        }
    }

    private static SchemaItem Item(NotCarriedKind kind, string name, string cypher, SchemaOutcome outcome) => new()
    {
        Name = name,
        Kind = kind == NotCarriedKind.Constraint ? "Constraint" : "Index",
        Cypher = cypher,
        Outcome = outcome,
    };
}
