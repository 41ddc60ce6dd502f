using System.Collections.Concurrent;
using Grap.Bolt.PackStream;

namespace Grap.Recovery;

/// <summary>Passes property maps on as they are, without the values that the target cannot hold, which it
/// counts.</summary>
internal sealed class PropertyCarrier(TargetCapabilities target)
{
    // VECTOR, and what a server sends in place of a value that the protocol cannot carry.
    private const byte Vector = 0x56;
    private const byte Unsupported = 0x3F;

    private readonly ConcurrentDictionary<string, long> _dropped = new(StringComparer.Ordinal);

    /// <summary>What was left out.</summary>
    public IEnumerable<NotCarried> NotCarried => _dropped.OrderBy(static d => d.Key, StringComparer.Ordinal)
        .Select(d => new NotCarried(
            NotCarriedKind.Property, d.Key,
            $"{d.Value} {(d.Value == 1 ? "value is" : "values are")} of a type that {target.Name} does not store."));

    /// <summary>Writes the map.</summary>
    public void Write(PackStreamWriter writer, ReadOnlySpan<byte> properties)
    {
        // The two bytes may also stand in the middle of something else: then a closer look finds nothing to leave out.
        if (!MayHold(properties) || Drop(properties) is not { Count: > 0 } dropped)
        {
            writer.WriteRaw(properties);
            return;
        }
        var reader = new PackStreamReader(properties);
        var count = reader.ReadMapHeader();
        writer.WriteMapHeader(count - dropped.Count);
        for (; count > 0; count--)
        {
            var start = reader.Position;
            var key = reader.ReadString();
            reader.Skip();
            if (dropped.Contains(key))
                _dropped.AddOrUpdate(key, 1, static (_, n) => n + 1);
            else
                writer.WriteRaw(properties[start..reader.Position]);
        }
    }

    private bool MayHold(ReadOnlySpan<byte> properties) =>
        (!target.VectorValues && properties.IndexOf([(byte)0xB2, Vector]) >= 0)
        || properties.IndexOf([(byte)0xB4, Unsupported]) >= 0;

    private HashSet<string> Drop(ReadOnlySpan<byte> properties)
    {
        var dropped = new HashSet<string>(StringComparer.Ordinal);
        var reader = new PackStreamReader(properties);
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            var key = reader.ReadString();
            if (reader.Peek() == PackStreamType.Structure && IsUncarried(reader))
                dropped.Add(key);
            reader.Skip();
        }
        return dropped;
    }

    private bool IsUncarried(PackStreamReader value)
    {
        var (tag, _) = value.ReadStructureHeader();
        return tag == Unsupported || (tag == Vector && !target.VectorValues);
    }
}
