using Grap.Archives;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Backups;

/// <summary>Changes to the elements of one kind: what to put in, take out, or keep without some of its
/// properties.</summary>
internal sealed class ElementEdits
{
    /// <summary>Elements to add, by id.</summary>
    public SortedDictionary<long, byte[]> Added { get; } = [];

    /// <summary>Ids to leave out.</summary>
    public HashSet<long> Removed { get; } = [];

    /// <summary>Property keys to take from elements, by id.</summary>
    public Dictionary<long, HashSet<string>> Stripped { get; } = [];

    /// <summary>The ranges that change.</summary>
    public IEnumerable<long> Ranges => Added.Keys.Concat(Removed).Concat(Stripped.Keys)
        .Select(static id => id - (id % BlockKey.RangeLength)).Distinct().Order();
}

/// <summary>Writes blocks of an unfinished archive again, with changes; the new ones take the place of the
/// old.</summary>
internal sealed class BlockEditor(ArchiveWriter archive, LiveBlocks live, BlockBuffers buffers, int compressionLevel)
{
    /// <summary>Applies <paramref name="edits"/> to all blocks of <paramref name="kind"/>.</summary>
    public void Apply(BlockKind kind, ElementEdits edits)
    {
        foreach (var firstId in edits.Ranges)
            Rewrite(kind, firstId, edits);
    }

    /// <summary>Goes over the content of every live block of <paramref name="kind"/>, in order.</summary>
    public void ForEach(BlockKind kind, Action<BlockEntry, NativeBuffer> visit, CancellationToken cancellation)
    {
        using var content = new NativeBuffer();
        foreach (var entry in live.InOrder().Where(e => e.Key.Kind == kind))
        {
            cancellation.ThrowIfCancellationRequested();
            archive.ReadBlock(entry, content);
            visit(entry, content);
        }
    }

    private void Rewrite(BlockKind kind, long firstId, ElementEdits edits)
    {
        var cutter = new BlockCutter(kind, buffers, filter: null);
        cutter.Begin(firstId);
        var old = live.InOrder().Where(e => e.Key.Kind == kind && e.Key.FirstId == firstId).ToList();
        live.Drop(kind, firstId);
        var pending = new Queue<KeyValuePair<long, byte[]>>(
            edits.Added.Where(a => a.Key >= firstId && a.Key < firstId + BlockKey.RangeLength));
        using var content = new NativeBuffer();
        foreach (var entry in old)
        {
            archive.ReadBlock(entry, content);
            EditBlock(content.Written, cutter, edits, pending);
        }
        while (pending.TryDequeue(out var added))
            Put(cutter, added.Value);
        if (cutter.Finish() is { } last)
            Write(last);
    }

    private void EditBlock(
        ReadOnlySpan<byte> content, BlockCutter cutter, ElementEdits edits, Queue<KeyValuePair<long, byte[]>> pending)
    {
        var reader = new PackStreamReader(content);
        while (!reader.AtEnd)
        {
            var start = reader.Position;
            var id = Elements.SkipElement(ref reader, out _);
            while (pending.TryPeek(out var added) && added.Key < id)
                Put(cutter, pending.Dequeue().Value);
            if (edits.Removed.Contains(id))
                continue;
            var element = content[start..reader.Position];
            if (edits.Stripped.TryGetValue(id, out var keys))
                Put(cutter, Strip(element, keys));
            else
                Put(cutter, element);
        }
    }

    private void Put(BlockCutter cutter, ReadOnlySpan<byte> element)
    {
        var position = 0;
        var remaining = 1;
        while (remaining > 0)
        {
            if (cutter.Take(element, ref position, ref remaining) is { } part)
                Write(part);
        }
    }

    private void Write(RawBlock block)
    {
        using (var encoded = EncodedBlock.Encode(block.Key, block.Count, block.Content, compressionLevel))
            live.Set(archive.Write(encoded));
        buffers.Return(block.Buffer);
    }

    // The properties are the last field of an element of either kind.
    private static byte[] Strip(ReadOnlySpan<byte> element, HashSet<string> keys)
    {
        var reader = new PackStreamReader(element);
        for (var fields = reader.ReadListHeader(); fields > 1; fields--)
            reader.Skip();
        var head = reader.Position;
        var kept = new List<Range>();
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            var start = reader.Position;
            var key = reader.ReadString();
            reader.Skip();
            if (!keys.Contains(key))
                kept.Add(start..reader.Position);
        }
        var output = new System.Buffers.ArrayBufferWriter<byte>(element.Length);
        var writer = new PackStreamWriter(output);
        writer.WriteRaw(element[..head]);
        writer.WriteMapHeader(kept.Count);
        foreach (var pair in kept)
            writer.WriteRaw(element[pair]);
        return output.WrittenSpan.ToArray();
    }
}
