using Grap.Archives.Columns;
using Grap.Bolt.PackStream;

namespace Grap.Graphs;

/// <summary>Hashes the elements of blocks and counts their labels or types, without making a string or hashing a name per
/// element.</summary>
internal sealed class ShapeTally
{
    // A graph in which every node has keys of its own must not fill the memory.
    private const int MostSteps = 4096;
    private const int MostBytes = 1 << 20;

    private readonly ShapeTree _tree = new();
    private readonly List<ShapeStep> _path = [];
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private ContentLayout? _layout;
    private ShapeStep[]?[] _pathOfShape = [];
    private int _element;
    private int _value;

    /// <summary>Begins a block's content.</summary>
    /// <param name="layout">Of this content, if it is known.</param>
    public void Begin(ContentLayout? layout)
    {
        _layout = layout is { Shapes.Count: > 0 } ? layout : null;
        (_element, _value) = (0, 0);
        _pathOfShape = new ShapeStep[_layout?.Shapes.Count ?? 0][];
    }

    /// <summary>Reads an element from behind its ids to its end, and returns the hash of its labels or type
    /// (<see cref="ElementHasher.Tokens"/>) and that of its properties
    /// (<see cref="ElementHasher.Properties"/>).</summary>
    public (ulong Tokens, ulong Properties) Add(ReadOnlySpan<byte> content, ref PackStreamReader reader)
    {
        if (_layout is null)
            return Walk(content, ref reader);
        var shape = _layout.ShapeOfElement[_element++];
        return _pathOfShape[shape] is { } path
            ? Follow(path, _layout, content, ref reader)
            : Learn(shape, _layout, content, ref reader);
    }

    /// <summary>What was counted, by name. Whoever has used it clears it, and then it is counted from 0 again.</summary>
    public Dictionary<string, long> Take()
    {
        Count();
        return _counts;
    }

    /// <summary>Reads an element of which nothing is known, and adds its steps to <paramref name="path"/>.</summary>
    private (ulong Tokens, ulong Properties) Walk(
        ReadOnlySpan<byte> content, ref PackStreamReader reader, List<ShapeStep>? path = null)
    {
        if (_tree.Steps.Count >= MostSteps || _tree.Size >= MostBytes)
            Forget();
        var step = _tree.Take(_tree.Root, content, ref reader);
        path?.Add(step);
        step.Count++;
        var tokens = step.TokensHash;
        ulong properties = 0;
        for (var left = step.ValuesLeft; left > 0; left--)
        {
            properties += ElementHasher.Property(step.KeyHash, reader.Skip());
            if (left == 1)
                break;
            step = _tree.Take(step, content, ref reader);
            path?.Add(step);
        }
        return (tokens, properties);
    }

    /// <summary>Walks the first element of a shape. If its steps are those of the layout, others need not be walked: the
    /// bytes of steps are the same in all, and a value delimits itself.</summary>
    private (ulong Tokens, ulong Properties) Learn(
        int shape, ContentLayout layout, ReadOnlySpan<byte> content, ref PackStreamReader reader)
    {
        _path.Clear();
        var hashes = Walk(content, ref reader, _path);
        var (lengths, values) = layout.Shapes[shape];
        if (values == _path[0].ValuesLeft && _path.Select(static step => step.Bytes.Length).SequenceEqual(lengths))
        {
            _pathOfShape[shape] = [.. _path];
            _value += values;
        }
        else
        {
            // Columns that were cut elsewhere. The rest of the block is walked.
            _layout = null;
        }
        return hashes;
    }

    /// <summary>Reads an element whose steps are known.</summary>
    private (ulong Tokens, ulong Properties) Follow(
        ShapeStep[] path, ContentLayout layout, ReadOnlySpan<byte> content, ref PackStreamReader reader)
    {
        var first = path[0];
        first.Count++;
        var ends = layout.ValueEnds.Slice(_value, first.ValuesLeft);
        _value += ends.Length;
        if (ends.Length == 0)
        {
            reader.Advance(first.Bytes.Length);
            return (first.TokensHash, 0);
        }
        ulong properties = 0;
        var position = reader.Position;
        for (var i = 0; i < ends.Length; i++)
        {
            var step = path[i];
            var value = position + step.Bytes.Length;
            position = ends[i];
            properties += ElementHasher.Property(step.KeyHash, content[value..position]);
        }
        reader.Advance(position - reader.Position);
        return (first.TokensHash, properties);
    }

    private void Forget()
    {
        Count();
        _tree.Clear();
        Array.Clear(_pathOfShape);
    }

    private void Count()
    {
        foreach (var step in _tree.Root.Next.Values.Where(static step => step.Count > 0))
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
