namespace Grap.Schemas;

/// <summary>What became of a declared index or constraint.</summary>
public enum SchemaOutcome
{
    /// <summary>It is not there yet.</summary>
    Missing,
    /// <summary>It was created.</summary>
    Created,
    /// <summary>It was there already, perhaps under another name.</summary>
    Present,
    /// <summary>Something else has its name; that was left as it is.</summary>
    Conflict,
    /// <summary>The server cannot hold it.</summary>
    NotSupported,
    /// <summary>The server refused it, for its data or for a lack of rights.</summary>
    Refused,
}

/// <summary>A declared index or constraint, and what became of it.</summary>
public sealed record SchemaItem
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }
    /// <summary><c>Constraint</c> or <c>Index</c>.</summary>
    public required string Kind { get; init; }
    /// <summary>What became of it.</summary>
    public required SchemaOutcome Outcome { get; init; }
    /// <summary>The statement that creates it; empty where there is none.</summary>
    public string Cypher { get; init; } = "";
    /// <summary>Why it was not created; null where it was.</summary>
    public string? Problem { get; init; }
    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
