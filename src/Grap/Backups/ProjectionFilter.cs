using System.Collections.Concurrent;
using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Backups;

/// <summary>
/// Leaves out what Grap itself keeps in a database: nodes with the label <c>GrapProjection</c> that name the repository
/// they were projected from (they are made again from it at any time), and relationships that somebody tied to them. A
/// user's own nodes are never left out, whatever their labels.
/// </summary>
internal sealed class ProjectionFilter
{
    /// <summary>The label of every node that Grap keeps in a database.</summary>
    public const string Label = "GrapProjection";

    /// <summary>The property of every such node that holds the repository's id.</summary>
    public const string Repository = "grap_repository";

    private readonly ConcurrentDictionary<long, bool> _excludedNodes = new();
    private long _excludedRelationships;

    /// <summary>Nodes left out so far.</summary>
    public long Nodes => _excludedNodes.Count;

    /// <summary>Relationships left out so far.</summary>
    public long Relationships => Interlocked.Read(ref _excludedRelationships);

    /// <summary>Whether the element is not to be kept. All nodes are asked about before the first
    /// relationship.</summary>
    public bool Excludes(BlockKind kind, ReadOnlySpan<byte> element)
    {
        var reader = new PackStreamReader(element);
        if (kind == BlockKind.Nodes)
        {
            var node = NodeElement.Read(element, ref reader);
            if (!HasLabel(node.Labels) || !NamesRepository(node.Properties))
                return false;
            _excludedNodes.TryAdd(node.Id, true);
            return true;
        }
        if (_excludedNodes.IsEmpty)
            return false;
        var relationship = RelationshipElement.Read(element, ref reader);
        if (!_excludedNodes.ContainsKey(relationship.StartId) && !_excludedNodes.ContainsKey(relationship.EndId))
            return false;
        Interlocked.Increment(ref _excludedRelationships);
        return true;
    }

    private static bool HasLabel(ReadOnlySpan<byte> labels)
    {
        var reader = new PackStreamReader(labels);
        for (var left = reader.ReadListHeader(); left > 0; left--)
        {
            if (reader.ReadUtf8().SequenceEqual("GrapProjection"u8))
                return true;
        }
        return false;
    }

    private static bool NamesRepository(ReadOnlySpan<byte> properties)
    {
        var reader = new PackStreamReader(properties);
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            if (reader.ReadUtf8().SequenceEqual("grap_repository"u8))
                return reader.Peek() == PackStreamType.String && Guid.TryParse(reader.ReadString(), out _);
            reader.Skip();
        }
        return false;
    }
}
