using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Comparison;

/// <summary>Counts changes by label and type. Used by one thread at a time.</summary>
internal sealed class ChangeTally
{
    private readonly Dictionary<BlockKind, ChangeCounts> _totals = [];
    private readonly SortedDictionary<string, ChangeCounts> _labels = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ChangeCounts> _types = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Nodes by label.</summary>
    public IReadOnlyDictionary<string, ChangeCounts> Labels => _labels;

    /// <summary>Relationships by type.</summary>
    public IReadOnlyDictionary<string, ChangeCounts> Types => _types;

    /// <summary>All of one kind.</summary>
    public ChangeCounts Total(BlockKind kind) => _totals.GetValueOrDefault(kind, ChangeCounts.None);

    /// <summary>Counts one change.</summary>
    public void Count(ElementChange change)
    {
        var one = change.Change switch
        {
            ChangeKind.Added => new ChangeCounts(1, 0, 0),
            ChangeKind.Removed => new ChangeCounts(0, 1, 0),
            _ => new ChangeCounts(0, 0, 1),
        };
        _names.Clear();
        AddNames(change.Kind, change.Reference.Span);
        AddNames(change.Kind, change.Difference.Span);
        Add(_totals, change.Kind, one);
        foreach (var name in _names)
            Add(change.Kind == BlockKind.Nodes ? _labels : _types, name, one);
    }

    private void AddNames(BlockKind kind, ReadOnlySpan<byte> element)
    {
        if (element.IsEmpty)
            return;
        var reader = new PackStreamReader(element);
        if (kind == BlockKind.Relationships)
        {
            _names.Add(new PackStreamReader(RelationshipElement.Read(element, ref reader).Type).ReadString());
            return;
        }
        var labels = new PackStreamReader(NodeElement.Read(element, ref reader).Labels);
        for (var left = labels.ReadListHeader(); left > 0; left--)
            _names.Add(labels.ReadString());
    }

    private static void Add<TKey>(IDictionary<TKey, ChangeCounts> counts, TKey key, ChangeCounts one) =>
        counts[key] = counts.TryGetValue(key, out var before) ? before.Plus(one) : one;
}
