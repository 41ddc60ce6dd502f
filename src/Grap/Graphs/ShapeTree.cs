using System.IO.Hashing;
using Grap.Bolt.PackStream;

namespace Grap.Graphs;

/// <summary>
/// The shapes of elements: which labels or type, and which keys in which order. An element is a path of steps with a
/// value between each two, so whoever walks it only has to look at the values: that the bytes of the expected step stand
/// there is one comparison, instead of reading labels, map head and keys and hashing them anew.
/// </summary>
/// <remarks>What a step holds delimits itself, so bytes that begin like a step are that step.</remarks>
internal sealed class ShapeTree
{
    /// <summary>Where every element begins.</summary>
    public ShapeStep Root { get; private set; } = new();

    /// <summary>Every step, in the order of their numbers; the root is not among them.</summary>
    public List<ShapeStep> Steps { get; } = [];

    /// <summary>Bytes in all steps.</summary>
    public long Size { get; private set; }

    /// <summary>Moves <paramref name="reader"/> behind the next step and returns it. At the root the reader must stand
    /// behind the ids, else behind a value.</summary>
    public ShapeStep Take(ShapeStep from, ReadOnlySpan<byte> content, ref PackStreamReader reader)
    {
        if (from.Expected is { } expected && reader.TrySkip(expected.Bytes))
            return expected;
        var step = Find(from, content, ref reader);
        from.Expected = step;
        return step;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Root = new ShapeStep();
        Steps.Clear();
        Size = 0;
    }

    private ShapeStep Find(ShapeStep from, ReadOnlySpan<byte> content, ref PackStreamReader reader)
    {
        var start = reader.Position;
        var (tokens, left) = from == Root ? ReadHead(ref reader) : (0, from.ValuesLeft - 1);
        var keyStart = reader.Position - start;
        if (left > 0)
            reader.ReadUtf8();
        var bytes = content[start..reader.Position];
        var hash = XxHash128.HashToUInt128(bytes);
        if (from.Next.TryGetValue(hash, out var known))
            return known;
        var step = new ShapeStep(
            Steps.Count + 1, from, bytes.ToArray(), ..tokens, keyStart..(reader.Position - start), left);
        from.Next.Add(hash, step);
        Steps.Add(step);
        Size += bytes.Length;
        return step;
    }

    private static (int Tokens, int Values) ReadHead(ref PackStreamReader reader)
    {
        Elements.Expect(
            reader.Peek() is PackStreamType.List or PackStreamType.String, "an element has neither labels nor a type");
        var tokens = reader.Skip().Length;
        Elements.Expect(reader.Peek() == PackStreamType.Map, "an element's properties are not a map");
        return (tokens, reader.ReadMapHeader());
    }
}
