using Grap.Archives;
using Grap.Comparison;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>One part of applying a difference.</summary>
/// <param name="Name">Its name, as the journal has it.</param>
/// <param name="Kind">Of which elements.</param>
/// <param name="Change">Of which changes.</param>
/// <param name="Releases">Whether it only lets go of unique values.</param>
internal sealed record ApplyPhase(string Name, BlockKind Kind, ChangeKind Change, bool Releases = false)
{
    /// <summary>All of them, in the only order in which each finds what it needs: what is deleted and let go of is out
    /// of the way before anything is written, and relationships find their nodes.</summary>
    public static IReadOnlyList<ApplyPhase> InOrder { get; } =
    [
        new("DeleteRelationships", BlockKind.Relationships, ChangeKind.Removed),
        new("DeleteNodes", BlockKind.Nodes, ChangeKind.Removed),
        new("ReleaseNodes", BlockKind.Nodes, ChangeKind.Changed, Releases: true),
        new("ReleaseRelationships", BlockKind.Relationships, ChangeKind.Changed, Releases: true),
        new("CreateNodes", BlockKind.Nodes, ChangeKind.Added),
        new("CreateRelationships", BlockKind.Relationships, ChangeKind.Added),
        new("ChangeNodes", BlockKind.Nodes, ChangeKind.Changed),
        new("ChangeRelationships", BlockKind.Relationships, ChangeKind.Changed),
    ];

    /// <summary>How many elements a difference has for it at most.</summary>
    public long Count(GraphDifference difference)
    {
        var counts = Kind == BlockKind.Nodes ? difference.Nodes : difference.Relationships;
        return Change switch
        {
            ChangeKind.Added => counts.Added,
            ChangeKind.Removed => counts.Removed,
            _ => counts.Changed,
        };
    }
}
