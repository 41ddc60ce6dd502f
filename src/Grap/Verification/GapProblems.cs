using Grap.Graphs;

namespace Grap.Verification;

/// <summary>Relationships without their nodes, as sentences.</summary>
internal static class GapProblems
{
    /// <summary>Those of a graph that was read, by the relationships' ids.</summary>
    /// <param name="digest">The graph.</param>
    /// <param name="place">Where the nodes should be: <c>backup</c>, <c>database</c>.</param>
    public static IReadOnlyList<string> FindGaps(this GraphDigest digest, string place)
    {
        var problems = new FirstProblems("endpoints of relationships are missing");
        foreach (var gap in digest.Missing.OrderBy(static gap => gap.RelationshipId))
            problems.Add($"Relationship {gap.RelationshipId} needs node {gap.NodeId}, which is not in the {place}.");
        return problems.ToList();
    }
}
