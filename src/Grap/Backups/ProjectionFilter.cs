using System.Collections.Concurrent;
using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Backups;

/// <summary>
/// Leaves out what Grap itself keeps in a database: nodes with the label <c>GrapProjection</c> (they are made again
/// from the repository at any time), and relationships that somebody tied to them. A user's own nodes are never left
/// out.
/// </summary>
internal sealed class ProjectionFilter
{
    /// <summary>The label of every node that Grap keeps in a database.</summary>
    public const string Label = "GrapProjection";

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
            if (!HasLabel(node.Labels))
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
}
