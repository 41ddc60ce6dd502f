namespace Grap.Bolt.Values;

/// <summary>A node as a query returned it.</summary>
/// <param name="Id">The internal id; Neo4j reuses it after a delete.</param>
/// <param name="Labels">The labels.</param>
/// <param name="Properties">The properties.</param>
/// <param name="ElementId">The element id.</param>
public sealed record Node(
    long Id, IReadOnlyList<string> Labels, IReadOnlyDictionary<string, object?> Properties, string ElementId)
{
    /// <summary><c>(:Label1:Label2 {id: 7})</c></summary>
    public override string ToString() => $"({string.Concat(Labels.Select(label => ":" + label))} {{id: {Id}}})";
}

/// <summary>A relationship as a query returned it.</summary>
/// <param name="Id">The internal id; Neo4j reuses it after a delete.</param>
/// <param name="StartId">The start node's internal id.</param>
/// <param name="EndId">The end node's internal id.</param>
/// <param name="Type">The type.</param>
/// <param name="Properties">The properties.</param>
/// <param name="ElementId">The element id.</param>
/// <param name="StartElementId">The start node's element id.</param>
/// <param name="EndElementId">The end node's element id.</param>
public sealed record Relationship(
    long Id, long StartId, long EndId, string Type, IReadOnlyDictionary<string, object?> Properties,
    string ElementId, string StartElementId, string EndElementId)
{
    /// <summary><c>(3)-[:TYPE {id: 7}]->(4)</c></summary>
    public override string ToString() => $"({StartId})-[:{Type} {{id: {Id}}}]->({EndId})";
}

/// <summary>A relationship inside a path, which knows its ends by the path only.</summary>
/// <param name="Id">The internal id.</param>
/// <param name="Type">The type.</param>
/// <param name="Properties">The properties.</param>
/// <param name="ElementId">The element id.</param>
public sealed record UnboundRelationship(
    long Id, string Type, IReadOnlyDictionary<string, object?> Properties, string ElementId)
{
    /// <summary><c>-[:TYPE {id: 7}]-</c></summary>
    public override string ToString() => $"-[:{Type} {{id: {Id}}}]-";
}

/// <summary>A path: the different nodes and relationships in it, and how they follow each other.</summary>
/// <param name="Nodes">The nodes, the start first, each once.</param>
/// <param name="Relationships">The relationships, each once.</param>
/// <param name="Indices">Pairs: the relationship of a step, counted from 1 and negative if it is walked against its
/// direction; and the node that the step leads to, counted from 0.</param>
public sealed record Path(
    IReadOnlyList<Node> Nodes, IReadOnlyList<UnboundRelationship> Relationships, IReadOnlyList<long> Indices)
{
    /// <summary>How many relationships are walked.</summary>
    public int Length => Indices.Count / 2;

    /// <summary><c>(:A {id: 1})-[:TYPE {id: 7}]->(:B {id: 2})</c></summary>
    public override string ToString()
    {
        if (Nodes.Count == 0)
            return "()";
        var text = new System.Text.StringBuilder(Nodes[0].ToString());
        for (var i = 0; i + 1 < Indices.Count; i += 2)
        {
            var step = Indices[i];
            var relationship = At(Relationships, Math.Abs(step) - 1)?.ToString() ?? "-[?]-";
            var node = At(Nodes, Indices[i + 1])?.ToString() ?? "(?)";
            text.Append(step < 0 ? "<" : "").Append(relationship).Append(step < 0 ? "" : ">").Append(node);
        }
        return text.ToString();
    }

    // The server's indices are trusted for nothing: a wrong one must not turn printing into a crash.
    private static T? At<T>(IReadOnlyList<T> list, long index) where T : class =>
        index >= 0 && index < list.Count ? list[(int)index] : null;
}
