using Grap.Archives;

namespace Grap.Backups;

/// <summary>Which blocks of the archive being written count. A later pass confirms blocks, replaces them, or drops them
/// by silence.</summary>
internal sealed class LiveBlocks
{
    private readonly object _lock = new();
    private readonly Dictionary<BlockKey, (BlockEntry Entry, int Pass)> _blocks = [];

    /// <summary>The pass that is under way, from 1.</summary>
    public int Pass { get; private set; }

    /// <summary>Begins the next pass.</summary>
    public void BeginPass() => Pass++;

    /// <summary>Whether the block stands in the archive with this content already; then it is confirmed.</summary>
    public bool Confirm(BlockKey key, UInt128 rawHash)
    {
        lock (_lock)
        {
            if (!_blocks.TryGetValue(key, out var known) || known.Entry.RawHash != rawHash)
                return false;
            _blocks[key] = (known.Entry, Pass);
            return true;
        }
    }

    /// <summary>Adds a block that was written, or replaces the one of the same key.</summary>
    public void Set(BlockEntry entry)
    {
        lock (_lock)
            _blocks[entry.Key] = (entry, Pass);
    }

    /// <summary>Drops every block of a range.</summary>
    public void Drop(BlockKind kind, long firstId)
    {
        lock (_lock)
        {
            foreach (var key in _blocks.Keys.Where(k => k.Kind == kind && k.FirstId == firstId).ToList())
                _blocks.Remove(key);
        }
    }

    /// <summary>Ends the pass: blocks that it neither confirmed nor wrote are gone from the graph.</summary>
    public void EndPass()
    {
        lock (_lock)
        {
            foreach (var key in _blocks.Where(b => b.Value.Pass != Pass).Select(static b => b.Key).ToList())
                _blocks.Remove(key);
        }
    }

    /// <summary>The blocks that count, in the order of their keys.</summary>
    public List<BlockEntry> InOrder()
    {
        lock (_lock)
            return [.. _blocks.Values.Select(static b => b.Entry).OrderBy(static e => e.Key)];
    }
}
