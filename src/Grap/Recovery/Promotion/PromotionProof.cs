using Grap.Comparison;

namespace Grap.Recovery.Promotion;

/// <summary>What a strategy found when it looked at production after it had changed it.</summary>
public sealed record PromotionProof
{
    /// <summary>Whether production holds what it was to hold, but for <see cref="NotCarried"/>; null where that was not
    /// looked at.</summary>
    public required bool? Equal { get; init; }
    /// <summary>Whether production was the old graph or the new one at every moment.</summary>
    public required bool Atomic { get; init; }
    /// <summary>Nodes created, deleted and changed; null where the strategy does not look at elements.</summary>
    public ChangeCounts? Nodes { get; init; }
    /// <summary>Relationships created, deleted and changed.</summary>
    public ChangeCounts? Relationships { get; init; }
    /// <summary>Indexes and constraints created, dropped and made anew.</summary>
    public IReadOnlyList<SchemaDifference> Schema { get; init; } = [];
    /// <summary>What production cannot hold.</summary>
    public IReadOnlyList<NotCarried> NotCarried { get; init; } = [];
    /// <summary>What somebody should know, each as a sentence: commits of others, above all.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
