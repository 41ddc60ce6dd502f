using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Comparison;

/// <summary>A property that differs.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Reference">Its value in the reference; null where it is not there.</param>
/// <param name="Difference">Its value on the other side; null where it is not there.</param>
public sealed record PropertyDifference(string Name, object? Reference, object? Difference)
{
    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>One element that differs, decoded for somebody to look at.</summary>
public sealed record ElementDifference
{
    /// <summary><c>Node</c> or <c>Relationship</c>.</summary>
    public required string Element { get; init; }
    /// <summary>What became of it.</summary>
    public required ChangeKind Change { get; init; }
    /// <summary>Its internal id.</summary>
    public required long Id { get; init; }
    /// <summary>Labels of a node, or the one type of a relationship, on the difference side; of what was removed, in the
    /// reference.</summary>
    public required IReadOnlyList<string> LabelsOrType { get; init; }
    /// <summary>Labels that a changed node has only on the difference side.</summary>
    public IReadOnlyList<string> LabelsAdded { get; init; } = [];
    /// <summary>Labels that a changed node has only in the reference.</summary>
    public IReadOnlyList<string> LabelsRemoved { get; init; } = [];
    /// <summary>Id of the node that a relationship starts at; null for nodes.</summary>
    public long? StartId { get; init; }
    /// <summary>Id of the node that a relationship ends at; null for nodes.</summary>
    public long? EndId { get; init; }
    /// <summary>The properties that differ; of what was added or removed, all.</summary>
    public required IReadOnlyList<PropertyDifference> Properties { get; init; }

    /// <summary>Decodes a change.</summary>
    public static ElementDifference From(ElementChange change)
    {
        var (before, after) = (Read(change.Kind, change.Reference.Span), Read(change.Kind, change.Difference.Span));
        var shown = after ?? before!;
        return new ElementDifference
        {
            Element = change.Kind == BlockKind.Nodes ? "Node" : "Relationship",
            Change = change.Change,
            Id = change.Id,
            LabelsOrType = shown.Names,
            LabelsAdded = before is null || after is null ? [] : [.. after.Names.Except(before.Names, StringComparer.Ordinal)],
            LabelsRemoved = before is null || after is null ? [] : [.. before.Names.Except(after.Names, StringComparer.Ordinal)],
            StartId = shown.StartId,
            EndId = shown.EndId,
            Properties = [.. Differences(before, after)],
        };
    }

    private static readonly Dictionary<string, byte[]> s_none = [];

    private static IEnumerable<PropertyDifference> Differences(Decoded? before, Decoded? after)
    {
        var (left, right) = (before?.Properties ?? s_none, after?.Properties ?? s_none);
        foreach (var name in left.Keys.Union(right.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (one, other) = (left.GetValueOrDefault(name), right.GetValueOrDefault(name));
            if (one is null || other is null || !one.AsSpan().SequenceEqual(other))
                yield return new PropertyDifference(name, Value(one), Value(other));
        }
    }

    private static object? Value(byte[]? bytes) => bytes is null ? null : new PackStreamReader(bytes).ReadValue();

    private static Decoded? Read(BlockKind kind, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return null;
        var reader = new PackStreamReader(bytes);
        if (kind == BlockKind.Nodes)
        {
            var node = NodeElement.Read(bytes, ref reader);
            return new Decoded(NamesOf(node.Labels), null, null, PropertiesOf(node.Properties));
        }
        var relationship = RelationshipElement.Read(bytes, ref reader);
        return new Decoded(
            [new PackStreamReader(relationship.Type).ReadString()], relationship.StartId, relationship.EndId,
            PropertiesOf(relationship.Properties));
    }

    private static List<string> NamesOf(ReadOnlySpan<byte> labels)
    {
        var names = new List<string>();
        var reader = new PackStreamReader(labels);
        for (var left = reader.ReadListHeader(); left > 0; left--)
            names.Add(reader.ReadString());
        return names;
    }

    private static Dictionary<string, byte[]> PropertiesOf(ReadOnlySpan<byte> map)
    {
        var properties = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var reader = new PackStreamReader(map);
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            var key = reader.ReadString();
            properties[key] = reader.Skip().ToArray();
        }
        return properties;
    }

    private sealed record Decoded(
        IReadOnlyList<string> Names, long? StartId, long? EndId, Dictionary<string, byte[]> Properties);
}
