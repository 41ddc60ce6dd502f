namespace Grap.Graphs;

/// <summary>How many of what.</summary>
public sealed record GraphCounts
{
    /// <summary>Nodes.</summary>
    public long Nodes { get; init; }
    /// <summary>Relationships.</summary>
    public long Relationships { get; init; }
    /// <summary>Nodes by label; a node counts for each of its labels.</summary>
    public IReadOnlyDictionary<string, long> NodesByLabel { get; init; } =
        new SortedDictionary<string, long>(StringComparer.Ordinal);
    /// <summary>Relationships by type.</summary>
    public IReadOnlyDictionary<string, long> RelationshipsByType { get; init; } =
        new SortedDictionary<string, long>(StringComparer.Ordinal);
}
