using Grap.Archives;
using Grap.Graphs;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>
/// Which values must be let go of before others may take them. Neo4j checks uniqueness statement by statement: two
/// nodes that exchange a unique value, or a cycle of several, can only do so when all have given theirs up first.
/// </summary>
/// <param name="inForce">The constraints that stand while elements are changed.</param>
internal sealed class UniqueValues(IEnumerable<GraphConstraint> inForce)
{
    private readonly List<GraphConstraint> _unique =
        [.. inForce.Where(static c => c.Type.EndsWith("UNIQUENESS", StringComparison.Ordinal)
            || c.Type.EndsWith("_KEY", StringComparison.Ordinal))];

    /// <summary>The keys that an element must lose before anything is written, each of which it gets again, or is to
    /// lose, afterwards: one that changes for every unique value that it now holds and is to hold no longer. Labels
    /// that it loses are taken from it at the same time, so those need no key.</summary>
    public IReadOnlyList<string> Released(BlockKind kind, ElementEdit edit)
    {
        if (_unique.Count == 0)
            return [];
        var entity = kind == BlockKind.Nodes ? "NODE" : "RELATIONSHIP";
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var constraint in _unique)
        {
            if (constraint.EntityType != entity || !Holds(edit, constraint))
                continue;
            if (constraint.Properties.FirstOrDefault(edit.KeysChanged.Contains) is { } key)
                keys.Add(key);
        }
        return [.. keys];
    }

    /// <summary>Whether the element loses a label under which it holds a unique value.</summary>
    public bool LosesLabel(BlockKind kind, ElementEdit edit) => kind == BlockKind.Nodes
        && _unique.Any(constraint => constraint.EntityType == "NODE" && Holds(edit, constraint)
            && edit.Removed.Contains(constraint.LabelsOrTypes[0], StringComparer.Ordinal));

    private static bool Holds(ElementEdit edit, GraphConstraint constraint) =>
        edit.NamesBefore.Contains(constraint.LabelsOrTypes[0], StringComparer.Ordinal)
        && constraint.Properties.All(edit.KeysBefore.Contains);
}
