using Grap.Verification;

namespace Grap.Recovery.Staging;

/// <summary>What staging holds, as validation found it.</summary>
public sealed record StagedContent
{
    /// <summary>The version of the Neo4j that wrote its files, as <c>5.26.30</c>.</summary>
    public required string ServerVersion { get; init; }
    /// <summary>That Neo4j's edition.</summary>
    public required string Edition { get; init; }
    /// <summary>Nodes, without Grap's own.</summary>
    public long Nodes { get; init; }
    /// <summary>Relationships, without Grap's own.</summary>
    public long Relationships { get; init; }
    /// <summary>Order-independent hash of the content, 32 hexadecimal digits.</summary>
    public required string Fingerprint { get; init; }
}

/// <summary>What looking at staging showed.</summary>
/// <param name="Problems">Everything that is not as the backup says, each as a sentence.</param>
/// <param name="Content">What was found; null where it could not be read.</param>
internal sealed record StagedCheck(IReadOnlyList<string> Problems, RestoredContent? Content);
