namespace Grap.Health;

/// <summary>How large a graph is. What Grap itself keeps in the database is not counted.</summary>
public sealed record GraphStatistics
{
    /// <summary>Nodes.</summary>
    public long Nodes { get; init; }
    /// <summary>Relationships.</summary>
    public long Relationships { get; init; }
    /// <summary>Nodes without any relationship: in some graphs a fault, in others none.</summary>
    public long IsolatedNodes { get; init; }
    /// <summary>Nodes by label; a node counts for each of its labels.</summary>
    public IReadOnlyDictionary<string, long> NodesByLabel { get; init; } =
        new SortedDictionary<string, long>(StringComparer.Ordinal);
    /// <summary>Relationships by type.</summary>
    public IReadOnlyDictionary<string, long> RelationshipsByType { get; init; } =
        new SortedDictionary<string, long>(StringComparer.Ordinal);
    /// <summary>Nodes that Grap keeps in the database, which are in none of the other numbers.</summary>
    public long ProjectedNodes { get; init; }
}
