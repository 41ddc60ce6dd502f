using System.Buffers;
using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Comparison;
using Grap.Graphs;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>What makes one element another of the same id: only what differs, so that a value that stays keeps the type
/// that it is stored with.</summary>
internal sealed record ElementEdit
{
    /// <summary>The element's id.</summary>
    public required long Id { get; init; }

    /// <summary>Labels, or the one type, as they are now.</summary>
    public required IReadOnlyList<string> NamesBefore { get; init; }

    /// <summary>Labels, or the one type, as they are to be.</summary>
    public required IReadOnlyList<string> NamesAfter { get; init; }

    /// <summary>The keys that the element has now.</summary>
    public required IReadOnlySet<string> KeysBefore { get; init; }

    /// <summary>The keys whose values differ; also those that only one side has.</summary>
    public required IReadOnlySet<string> KeysChanged { get; init; }

    /// <summary>A PackStream map of the values that differ, as they are to be; null for those that are to be
    /// gone.</summary>
    public required ReadOnlyMemory<byte> Properties { get; init; }

    /// <summary>Labels to add.</summary>
    public IEnumerable<string> Added => NamesAfter.Except(NamesBefore, StringComparer.Ordinal);

    /// <summary>Labels to remove.</summary>
    public IEnumerable<string> Removed => NamesBefore.Except(NamesAfter, StringComparer.Ordinal);

    /// <summary>Finds out what differs.</summary>
    public static ElementEdit Of(BlockKind kind, PlannedChange change)
    {
        var (namesBefore, before) = Read(kind, change.Before.Span);
        var (namesAfter, after) = Read(kind, change.After.Span);
        var changed = before.Keys.Union(after.Keys, StringComparer.Ordinal)
            .Where(key => !Same(before, after, key)).ToHashSet(StringComparer.Ordinal);
        var properties = new ArrayBufferWriter<byte>();
        var writer = new PackStreamWriter(properties);
        writer.WriteMapHeader(changed.Count);
        foreach (var key in changed.Order(StringComparer.Ordinal))
        {
            writer.Write(key);
            if (after.TryGetValue(key, out var value))
                writer.WriteRaw(value);
            else
                writer.WriteNull();
        }
        return new ElementEdit
        {
            Id = change.Id,
            NamesBefore = namesBefore,
            NamesAfter = namesAfter,
            KeysBefore = before.Keys.ToHashSet(StringComparer.Ordinal),
            KeysChanged = changed,
            Properties = properties.WrittenMemory,
        };
    }

    private static bool Same(Dictionary<string, byte[]> before, Dictionary<string, byte[]> after, string key) =>
        before.TryGetValue(key, out var one) && after.TryGetValue(key, out var other) && one.AsSpan().SequenceEqual(other);

    private static (IReadOnlyList<string> Names, Dictionary<string, byte[]> Properties) Read(
        BlockKind kind, ReadOnlySpan<byte> element)
    {
        var reader = new PackStreamReader(element);
        if (kind == BlockKind.Nodes)
        {
            var node = NodeElement.Read(element, ref reader);
            return (Labels(node.Labels), Values(node.Properties));
        }
        var relationship = RelationshipElement.Read(element, ref reader);
        return ([new PackStreamReader(relationship.Type).ReadString()], Values(relationship.Properties));
    }

    private static List<string> Labels(ReadOnlySpan<byte> list)
    {
        var names = new List<string>();
        var reader = new PackStreamReader(list);
        for (var left = reader.ReadListHeader(); left > 0; left--)
            names.Add(reader.ReadString());
        return names;
    }

    private static Dictionary<string, byte[]> Values(ReadOnlySpan<byte> map)
    {
        var values = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var reader = new PackStreamReader(map);
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            var key = reader.ReadString();
            values[key] = reader.Skip().ToArray();
        }
        return values;
    }
}
