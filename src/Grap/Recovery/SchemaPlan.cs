using Grap.Graphs;

namespace Grap.Recovery;

/// <summary>When during a restore a statement runs.</summary>
internal enum SchemaPhase
{
    /// <summary>Before the first node.</summary>
    BeforeNodes,
    /// <summary>After all nodes, before the first relationship.</summary>
    AfterNodes,
    /// <summary>After everything.</summary>
    AtTheEnd,
}

/// <summary>One thing to create.</summary>
/// <param name="Kind">Constraint or index.</param>
/// <param name="Name">Its name.</param>
/// <param name="Phase">When.</param>
/// <param name="Cypher">The statement.</param>
internal sealed record SchemaStep(NotCarriedKind Kind, string Name, SchemaPhase Phase, string Cypher)
{
    /// <summary>The statement's parameters.</summary>
    public IReadOnlyList<(string Name, object? Value)> Parameters { get; init; } = [];

    /// <summary>The same with the provider that the target chooses, where this one names a provider. Which there are
    /// differs by version, and no server tells.</summary>
    public SchemaStep? WithTargetsProvider { get; init; }

    /// <summary>How many transactions it is at least: two for a constraint that owns an index. Before each there is
    /// one more where the database has never declared such a thing before: its settings are keys, whose names are made
    /// known (measured on 5.13.0 and 5.26.30).</summary>
    public int Transactions { get; init; } = 1;
}

/// <summary>How a graph's schema is made again on a target, and what of it that target cannot hold. A value: nothing
/// is asked or changed.</summary>
internal sealed record SchemaPlan
{
    private const string TokenLookup = "LOOKUP";
    private const string Nodes = "NODE";

    /// <summary>The option that names an index's implementation.</summary>
    internal const string Provider = "indexProvider";

    /// <summary>What to create, in order.</summary>
    public required IReadOnlyList<SchemaStep> Steps { get; init; }

    /// <summary>What cannot be created.</summary>
    public required IReadOnlyList<NotCarried> NotCarried { get; init; }

    /// <summary>Makes the plan.</summary>
    /// <param name="schema">What the graph declares.</param>
    /// <param name="target">What the target can hold.</param>
    /// <param name="filter">What of the graph is restored.</param>
    public static SchemaPlan Of(GraphSchema schema, TargetCapabilities target, RestoreFilter filter)
    {
        var steps = new List<SchemaStep>();
        var missing = new List<NotCarried>();
        schema = filter.Of(schema);
        foreach (var constraint in schema.Constraints)
        {
            if (WhyNot(constraint, target) is { } reason)
                missing.Add(new NotCarried(NotCarriedKind.Constraint, constraint.Name, reason));
            else
                steps.Add(ConstraintStep(constraint));
        }
        foreach (var index in schema.Indexes.Where(static i => i.OwningConstraint is null))
        {
            if (index.Type == TokenLookup)
                steps.Add(TokenLookupStep(index));
            else if (index.Type == "VECTOR")
                VectorIndexPlan.Add(index, target, steps, missing);
            else
                steps.Add(IndexStep(index));
        }
        return new SchemaPlan { Steps = [.. steps.OrderBy(static s => s.Phase)], NotCarried = missing };
    }

    /// <summary>A statement that creates an index, or what the server told where this code does not know its
    /// type.</summary>
    internal static SchemaStep IndexStep(GraphIndex index)
    {
        var properties = string.Join(", ", index.Properties.Select(static p => $"e.{CypherName.Quote(p)}"));
        var on = index.Type == "FULLTEXT" ? $"EACH [{properties}]" : $"({properties})";
        var known = index.Type is "RANGE" or "TEXT" or "POINT" or "FULLTEXT" or "VECTOR";
        var create = $"CREATE {index.Type} INDEX {CypherName.Quote(index.Name)} IF NOT EXISTS FOR {Pattern(index)} ON {on}";
        return WithOptions(
            new SchemaStep(NotCarriedKind.Index, index.Name, SchemaPhase.AtTheEnd, known ? create : index.Cypher),
            known ? index.Options : s_none);

        static string Pattern(GraphIndex index) => SchemaPlan.Pattern(index.EntityType, index.LabelsOrTypes);
    }

    private static readonly IReadOnlyDictionary<string, object?> s_none = new Dictionary<string, object?>();

    private static string? WhyNot(GraphConstraint constraint, TargetCapabilities target) => constraint.Type switch
    {
        "RELATIONSHIP_UNIQUENESS" or "RELATIONSHIP_PROPERTY_UNIQUENESS" when !target.RelationshipUniqueness =>
            $"{target.Name} has no unique properties of relationships.",
        "NODE_KEY" or "RELATIONSHIP_KEY" when !target.KeyAndExistenceConstraints =>
            $"{target.Name} has no key constraints.",
        "NODE_PROPERTY_EXISTENCE" or "RELATIONSHIP_PROPERTY_EXISTENCE" when !target.KeyAndExistenceConstraints =>
            $"{target.Name} has no existence constraints.",
        "NODE_PROPERTY_TYPE" or "RELATIONSHIP_PROPERTY_TYPE" when !target.PropertyTypeConstraints =>
            $"{target.Name} has no property type constraints.",
        _ => null,
    };

    private static SchemaStep ConstraintStep(GraphConstraint constraint)
    {
        var requirement = constraint.Type switch
        {
            "UNIQUENESS" or "NODE_PROPERTY_UNIQUENESS"
                or "RELATIONSHIP_UNIQUENESS" or "RELATIONSHIP_PROPERTY_UNIQUENESS" => "UNIQUE",
            "NODE_KEY" => "NODE KEY",
            "RELATIONSHIP_KEY" => "RELATIONSHIP KEY",
            "NODE_PROPERTY_EXISTENCE" or "RELATIONSHIP_PROPERTY_EXISTENCE" => "NOT NULL",
            "NODE_PROPERTY_TYPE" or "RELATIONSHIP_PROPERTY_TYPE" => $":: {constraint.PropertyType}",
            _ => null,
        };
        var properties = string.Join(", ", constraint.Properties.Select(static p => $"e.{CypherName.Quote(p)}"));
        var create = $"CREATE CONSTRAINT {CypherName.Quote(constraint.Name)} IF NOT EXISTS "
            + $"FOR {Pattern(constraint.EntityType, constraint.LabelsOrTypes)} REQUIRE ({properties}) IS {requirement}";
        var phase = constraint.EntityType == Nodes ? SchemaPhase.AfterNodes : SchemaPhase.AtTheEnd;
        return requirement is null
            ? new SchemaStep(NotCarriedKind.Constraint, constraint.Name, phase, constraint.Cypher)
            : WithOptions(
                new SchemaStep(NotCarriedKind.Constraint, constraint.Name, phase, create)
                {
                    Transactions = constraint.OwnedIndex is null ? 1 : 2,
                },
                constraint.OwnedIndex is null ? s_none : constraint.Options);
    }

    private static SchemaStep TokenLookupStep(GraphIndex index) => new(
        NotCarriedKind.Index, index.Name, SchemaPhase.BeforeNodes,
        $"CREATE LOOKUP INDEX {CypherName.Quote(index.Name)} IF NOT EXISTS FOR "
        + (index.EntityType == Nodes ? "(e) ON EACH labels(e)" : "()-[e]-() ON EACH type(e)"));

    private static string Pattern(string entityType, IReadOnlyList<string> labelsOrTypes) => entityType == Nodes
        ? $"(e:{CypherName.AnyOf(labelsOrTypes)})"
        : $"()-[e:{CypherName.AnyOf(labelsOrTypes)}]-()";

    private static SchemaStep WithOptions(SchemaStep step, IReadOnlyDictionary<string, object?> options)
    {
        if (options.Count == 0)
            return step;
        var others = options.Where(static option => option.Key != Provider).ToDictionary();
        return step with
        {
            Cypher = step.Cypher + " OPTIONS $options",
            Parameters = [("options", options)],
            WithTargetsProvider = others.Count < options.Count ? WithOptions(step, others) : null,
        };
    }
}
