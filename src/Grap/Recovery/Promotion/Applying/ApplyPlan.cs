using System.Globalization;
using Grap.Comparison;
using Grap.Graphs;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>How a difference is applied: what, in which order, and whether at once. A value.</summary>
internal sealed record ApplyPlan
{
    /// <summary>The elements.</summary>
    public required DifferencePlan Elements { get; init; }

    /// <summary>Indexes and constraints that differ, but for those that production cannot hold.</summary>
    public required IReadOnlyList<SchemaDifference> Schema { get; init; }

    /// <summary>Statements that drop what is not to be there, or is to be another.</summary>
    public required IReadOnlyList<string> Drops { get; init; }

    /// <summary>What to create, in order.</summary>
    public required SchemaPlan Creates { get; init; }

    /// <summary>The constraints that stand while elements are changed.</summary>
    public required IReadOnlyList<GraphConstraint> InForce { get; init; }

    /// <summary>Whether all elements are changed in one transaction.</summary>
    public required bool AtOnce { get; init; }

    /// <summary>Why so.</summary>
    public required string Reason { get; init; }

    /// <summary>Whether production is the old graph or the new one at every moment.</summary>
    public bool Atomic => AtOnce && Schema.Count == 0;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Schema.Count == 0 && !HasElements;

    /// <summary>Whether any element differs.</summary>
    public bool HasElements => Elements.Difference.Nodes.Total + Elements.Difference.Relationships.Total > 0;

    /// <summary>Makes the plan.</summary>
    /// <param name="elements">The difference of the elements.</param>
    /// <param name="present">What production declares.</param>
    /// <param name="wanted">What it is to declare.</param>
    /// <param name="target">What production can hold.</param>
    /// <param name="fits">Whether the elements fit one transaction.</param>
    /// <param name="options">How to promote.</param>
    public static ApplyPlan Of(
        DifferencePlan elements, GraphSchema present, GraphSchema wanted, TargetCapabilities target, bool fits,
        ApplyOptions options)
    {
        var all = SchemaPlan.Of(wanted, target, new RestoreFilter(new RestoreOptions()));
        var schema = SchemaComparison.Compare(present, Holdable(wanted, all.NotCarried));
        var dropped = schema.Where(static d => d.Change != ChangeKind.Added).Select(static d => d.Name)
            .ToHashSet(StringComparer.Ordinal);
        var created = schema.Where(static d => d.Change != ChangeKind.Removed).Select(static d => d.Name)
            .ToHashSet(StringComparer.Ordinal);
        var atOnce = fits && !options.Stepwise;
        return new ApplyPlan
        {
            Elements = elements,
            Schema = schema,
            Drops =
            [
                .. present.Constraints.Where(c => dropped.Contains(c.Name))
                    .Select(static c => $"DROP CONSTRAINT {CypherName.Quote(c.Name)} IF EXISTS"),
                .. present.Indexes.Where(i => i.OwningConstraint is null && dropped.Contains(i.Name))
                    .Select(static i => $"DROP INDEX {CypherName.Quote(i.Name)} IF EXISTS"),
            ],
            Creates = all with { Steps = [.. all.Steps.Where(step => created.Contains(step.Name))] },
            InForce = [.. present.Constraints.Where(c => !dropped.Contains(c.Name))],
            AtOnce = atOnce,
            Reason = Why(elements, schema.Count > 0, fits, options),
        };
    }

    /// <summary>What a graph declares, but for what a target cannot hold of it.</summary>
    public static GraphSchema Holdable(GraphSchema wanted, IReadOnlyList<NotCarried> notCarried)
    {
        var missing = notCarried.Where(static n => n.Kind is NotCarriedKind.Constraint or NotCarriedKind.Index)
            .Select(static n => n.Name).ToHashSet(StringComparer.Ordinal);
        var options = notCarried.Where(static n => n.Kind == NotCarriedKind.IndexOption)
            .Select(static n => n.Name).ToHashSet(StringComparer.Ordinal);
        return wanted with
        {
            Constraints = [.. wanted.Constraints.Where(c => !missing.Contains(c.Name))],
            Indexes =
            [
                .. wanted.Indexes.Where(i => !missing.Contains(i.Name)).Select(i =>
                    options.Contains($"{i.Name}.{SchemaPlan.Provider}") ? i with { Provider = null } : i),
            ],
        };
    }

    /// <summary>The plan for somebody to look at.</summary>
    public PromotionPlan Describe() => new()
    {
        Strategy = PromotionStrategy.Apply,
        Atomic = Atomic,
        Reason = Reason,
        Nodes = Elements.Difference.Nodes,
        Relationships = Elements.Difference.Relationships,
        Schema = Schema,
        NotCarried = Creates.NotCarried,
        Steps = [.. Steps()],
    };

    private IEnumerable<string> Steps()
    {
        var (nodes, relationships) = (Elements.Difference.Nodes, Elements.Difference.Relationships);
        yield return "Take a safety backup of production, prove it and pin it.";
        if (Drops.Count > 0)
            yield return Say($"Drop {Drops.Count} indexes and constraints.");
        if (HasElements)
        {
            yield return Say($"Delete {nodes.Removed:N0} nodes and {relationships.Removed:N0} relationships, ")
                + Say($"create {nodes.Added:N0} and {relationships.Added:N0}, ")
                + Say($"change {nodes.Changed:N0} and {relationships.Changed:N0}, ")
                + (AtOnce ? "in one transaction." : "in many transactions.");
        }
        if (Creates.Steps.Count > 0)
            yield return Say($"Create {Creates.Steps.Count} indexes and constraints and wait until they are filled.");
        yield return "Compare production with the backup.";
    }

    private static string Why(DifferencePlan elements, bool schemaDiffers, bool fits, ApplyOptions options)
    {
        var difference = elements.Difference;
        var changes = difference.Nodes.Total + difference.Relationships.Total;
        if (options.Stepwise)
            return "Not atomic, as asked for: the elements are changed in many transactions.";
        if (!fits)
        {
            return Say($"Not atomic: {changes:N0} elements differ, which is more than one transaction of this server ")
                + "should hold.";
        }
        return schemaDiffers
            ? "Not atomic: indexes or constraints differ, and those cannot change in the transaction of the elements."
            : Say($"Atomic: the {changes:N0} elements that differ fit one transaction, and the schemas agree.");
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
