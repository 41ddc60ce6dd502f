using Grap.Bolt.PackStream;

namespace Grap.Graphs;

/// <summary>Hashes elements and counts their labels or types, without making a string or hashing a name per
/// element.</summary>
internal sealed class ShapeTally
{
    // A graph in which every node has keys of its own must not fill the memory.
    private const int MostSteps = 4096;
    private const int MostBytes = 1 << 20;

    private readonly ShapeTree _shapes = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>Reads an element from behind its ids to its end, and returns the hash of its labels or type
    /// (<see cref="ElementHasher.Tokens"/>) and that of its properties
    /// (<see cref="ElementHasher.Properties"/>).</summary>
    public (ulong Tokens, ulong Properties) Add(ReadOnlySpan<byte> content, ref PackStreamReader reader)
    {
        if (_shapes.Steps.Count >= MostSteps || _shapes.Size >= MostBytes)
            Forget();
        var step = _shapes.Take(_shapes.Root, content, ref reader);
        step.Count++;
        var tokens = step.TokensHash;
        ulong properties = 0;
        for (var left = step.ValuesLeft; left > 0; left--)
        {
            properties += ElementHasher.Property(step.KeyHash, reader.Skip());
            if (left > 1)
                step = _shapes.Take(step, content, ref reader);
        }
        return (tokens, properties);
    }

    /// <summary>What was counted, by name. Whoever has used it clears it, and then it is counted from 0 again.</summary>
    public Dictionary<string, long> Take()
    {
        Count();
        return _counts;
    }

    private void Forget()
    {
        Count();
        _shapes.Clear();
    }

    private void Count()
    {
        foreach (var step in _shapes.Root.Next.Values.Where(static step => step.Count > 0))
        {
            var reader = new PackStreamReader(step.Tokens);
            var names = reader.Peek() == PackStreamType.List ? reader.ReadListHeader() : 1;
            for (; names > 0; names--)
            {
                var name = reader.ReadString();
                _counts[name] = _counts.GetValueOrDefault(name) + step.Count;
            }
            step.Count = 0;
        }
    }
}
