namespace Grap.Graphs;

/// <summary>What a database declares: indexes, constraints, and the names in use.</summary>
public sealed record GraphSchema
{
    /// <summary>Indexes that stand by themselves and those that constraints own, by name.</summary>
    public IReadOnlyList<GraphIndex> Indexes { get; init; } = [];
    /// <summary>Constraints, by name.</summary>
    public IReadOnlyList<GraphConstraint> Constraints { get; init; } = [];
    /// <summary>Labels known to the database (also those without nodes).</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
    /// <summary>Relationship types known to the database.</summary>
    public IReadOnlyList<string> RelationshipTypes { get; init; } = [];
    /// <summary>Property keys known to the database.</summary>
    public IReadOnlyList<string> PropertyKeys { get; init; } = [];
}

/// <summary>An index as <c>SHOW INDEXES YIELD *</c> tells it.</summary>
public sealed record GraphIndex
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }
    /// <summary><c>RANGE</c>, <c>TEXT</c>, <c>POINT</c>, <c>FULLTEXT</c>, <c>VECTOR</c>, <c>LOOKUP</c>, or what later
    /// versions add.</summary>
    public required string Type { get; init; }
    /// <summary><c>NODE</c> or <c>RELATIONSHIP</c>.</summary>
    public required string EntityType { get; init; }
    /// <summary>Labels or types; empty for token lookup.</summary>
    public IReadOnlyList<string> LabelsOrTypes { get; init; } = [];
    /// <summary>Properties, in order.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];
    /// <summary>Provider, as <c>range-1.0</c>.</summary>
    public string? Provider { get; init; }
    /// <summary>The constraint that owns it.</summary>
    public string? OwningConstraint { get; init; }
    /// <summary><c>ONLINE</c>, <c>POPULATING</c> or <c>FAILED</c>.</summary>
    public string? State { get; init; }
    /// <summary>Options as told: <c>indexProvider</c> and <c>indexConfig</c>.</summary>
    public IReadOnlyDictionary<string, object?> Options { get; init; } = new Dictionary<string, object?>();
    /// <summary>The Cypher that creates it again; the server's own where it gave one.</summary>
    public string Cypher { get; init; } = "";
}

/// <summary>A constraint as <c>SHOW CONSTRAINTS YIELD *</c> tells it.</summary>
public sealed record GraphConstraint
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }
    /// <summary><c>UNIQUENESS</c>, <c>NODE_KEY</c>, <c>NODE_PROPERTY_EXISTENCE</c>, <c>RELATIONSHIP_UNIQUENESS</c>,
    /// <c>NODE_PROPERTY_TYPE</c>, ….</summary>
    public required string Type { get; init; }
    /// <summary><c>NODE</c> or <c>RELATIONSHIP</c>.</summary>
    public required string EntityType { get; init; }
    /// <summary>Labels or types.</summary>
    public IReadOnlyList<string> LabelsOrTypes { get; init; } = [];
    /// <summary>Properties, in order.</summary>
    public IReadOnlyList<string> Properties { get; init; } = [];
    /// <summary>The index it owns.</summary>
    public string? OwnedIndex { get; init; }
    /// <summary>The property type it demands, for property type constraints.</summary>
    public string? PropertyType { get; init; }
    /// <summary>Options as told.</summary>
    public IReadOnlyDictionary<string, object?> Options { get; init; } = new Dictionary<string, object?>();
    /// <summary>The Cypher that creates it again.</summary>
    public string Cypher { get; init; } = "";
}
