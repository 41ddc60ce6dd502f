using Grap.Archives;
using Grap.Graphs;

namespace Grap.Recovery;

/// <summary>Which node of the target each restored node became: 8 bytes a node, in memory, and beside a graph that waits in
/// staging. Nothing of it is ever written into the graph.</summary>
public sealed class NodeIds
{
    private readonly NodeTable _table;
    private readonly NodeTable? _kept;

    /// <summary>Creates an empty table.</summary>
    /// <param name="kept">Nodes that have the id in the target that they have in the source.</param>
    internal NodeIds(NodeTable? kept = null)
        : this(kept, new NodeTable())
    {
    }

    internal NodeIds(NodeTable? kept, NodeTable others) => (_kept, _table) = (kept, others);

    /// <summary>What a complete table is made of: nodes that kept their ids, and others.</summary>
    internal (NodeTable? Kept, NodeTable Others) Tables => (_kept, _table);

    /// <summary>The id in the target of the node that has <paramref name="id"/> in the source; false where it was not
    /// restored.</summary>
    public bool TryGet(long id, out long restored)
    {
        var found = (_kept is not null && _kept.TryGet(id, out var value)) || _table.TryGet(id, out value);
        restored = (long)value;
        return found;
    }

    /// <summary>Adds the nodes of one part of a range: rising ids, and what they became. Safe from any
    /// thread.</summary>
    internal void Add(BlockKey key, ReadOnlySpan<ushort> offsets, ReadOnlySpan<ulong> restored) =>
        _table.Add(key, offsets, restored);

    /// <summary>To be called once all nodes are in, before the first look-up.</summary>
    internal void Complete() => _table.Complete();
}
