using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Recovery;

/// <summary>
/// Which properties are to be kept as 32-bit floats. Neo4j sends such a list as 64-bit floats, so a backup cannot tell
/// them apart; a list under a vector index of which every float is exactly a 32-bit one is taken for one. It reads the
/// same either way, and takes half the room.
/// </summary>
internal sealed class VectorProperties
{
    // What the procedures accept at most.
    private const int MostDimensions = 4096;

    private readonly ILookup<string, string> _keys;

    /// <summary>Knows the vector indexes of one kind of element.</summary>
    public VectorProperties(GraphSchema schema, bool nodes, bool supported) =>
        _keys = schema.Indexes
            .Where(i => supported && i.Type == "VECTOR" && i.EntityType == (nodes ? "NODE" : "RELATIONSHIP"))
            .SelectMany(static i => i.LabelsOrTypes.SelectMany(label => i.Properties.Take(1).Select(key => (label, key))))
            .ToLookup(static pair => pair.label, static pair => pair.key, StringComparer.Ordinal);

    /// <summary>The keys that indexes on these labels, or this type, name.</summary>
    public IReadOnlySet<string> KeysOf(IEnumerable<string> labelsOrType) =>
        labelsOrType.SelectMany(name => _keys[name]).ToHashSet(StringComparer.Ordinal);

    /// <summary>The keys among <paramref name="candidates"/> whose values are vectors of 32-bit floats.</summary>
    public static List<string> Find(ReadOnlySpan<byte> properties, IReadOnlySet<string> candidates)
    {
        var found = new List<string>();
        var reader = new PackStreamReader(properties);
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            var key = reader.ReadString();
            if (candidates.Contains(key) && reader.Peek() == PackStreamType.List && IsVector(reader))
                found.Add(key);
            reader.Skip();
        }
        return found;
    }

    private static bool IsVector(PackStreamReader reader)
    {
        var count = reader.ReadListHeader();
        if (count is 0 or > MostDimensions)
            return false;
        for (; count > 0; count--)
        {
            if (reader.Peek() != PackStreamType.Float)
                return false;
            var value = reader.ReadFloat();
            // By bits: -0.0 must stay one, and NaN is no number that the procedures take.
            if (!double.IsFinite(value)
                || BitConverter.DoubleToInt64Bits((float)value) != BitConverter.DoubleToInt64Bits(value))
                return false;
        }
        return true;
    }
}
