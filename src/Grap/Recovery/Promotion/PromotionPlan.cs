using Grap.Comparison;

namespace Grap.Recovery.Promotion;

/// <summary>What a promotion would do. A value: nothing was changed to make it.</summary>
public sealed record PromotionPlan
{
    /// <summary>How production would be changed.</summary>
    public required PromotionStrategy Strategy { get; init; }
    /// <summary>Whether production is the old graph or the new one at every moment.</summary>
    public required bool Atomic { get; init; }
    /// <summary>Why it is atomic or is not, and why this strategy, as sentences.</summary>
    public required string Reason { get; init; }
    /// <summary>What would be done, in order, each as a sentence.</summary>
    public required IReadOnlyList<string> Steps { get; init; }
    /// <summary>Nodes that would be created, deleted and changed; null where the strategy does not look at
    /// elements.</summary>
    public ChangeCounts? Nodes { get; init; }
    /// <summary>Relationships that would be.</summary>
    public ChangeCounts? Relationships { get; init; }
    /// <summary>Indexes and constraints that would be.</summary>
    public IReadOnlyList<SchemaDifference> Schema { get; init; } = [];
    /// <summary>What production cannot hold of the backup.</summary>
    public IReadOnlyList<NotCarried> NotCarried { get; init; } = [];
    /// <summary>What somebody should know who agrees to it, each as a sentence.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
    /// <summary>Which database production is, by the uuid that its server gave it; null where that does not tell, as one that
    /// does not start.</summary>
    public Guid? DatabaseId { get; init; }
}
