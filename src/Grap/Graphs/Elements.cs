using Grap.Bolt.PackStream;

namespace Grap.Graphs;

/// <summary>One node as a server sent it and an archive keeps it: the PackStream list <c>[id, labels,
/// properties]</c>.</summary>
public readonly ref struct NodeElement
{
    /// <summary>Internal id, unique within one graph at one time.</summary>
    public required long Id { get; init; }

    /// <summary>The list of labels.</summary>
    public required ReadOnlySpan<byte> Labels { get; init; }

    /// <summary>The map of properties.</summary>
    public required ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>All bytes of the element.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>Reads the next element of <paramref name="content"/>; <paramref name="reader"/> must stand on it.
    /// Throws <see cref="GrapException"/> (GraphInconsistent) where it is no node.</summary>
    public static NodeElement Read(ReadOnlySpan<byte> content, ref PackStreamReader reader)
    {
        var start = reader.Position;
        var id = Elements.ReadNodeHead(ref reader, out var labels);
        var properties = reader.Skip();
        return new NodeElement
        {
            Id = id,
            Labels = labels,
            Properties = properties,
            Bytes = content[start..reader.Position],
        };
    }
}

/// <summary>One relationship: the PackStream list <c>[id, startId, endId, type, properties]</c>.</summary>
public readonly ref struct RelationshipElement
{
    /// <summary>Internal id, unique within one graph at one time.</summary>
    public required long Id { get; init; }

    /// <summary>Id of the node it starts at.</summary>
    public required long StartId { get; init; }

    /// <summary>Id of the node it ends at.</summary>
    public required long EndId { get; init; }

    /// <summary>The type, as a PackStream string.</summary>
    public required ReadOnlySpan<byte> Type { get; init; }

    /// <summary>The map of properties.</summary>
    public required ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>All bytes of the element.</summary>
    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>Reads the next element of <paramref name="content"/>; <paramref name="reader"/> must stand on it.
    /// Throws <see cref="GrapException"/> (GraphInconsistent) where it is no relationship.</summary>
    public static RelationshipElement Read(ReadOnlySpan<byte> content, ref PackStreamReader reader)
    {
        var start = reader.Position;
        var id = Elements.ReadRelationshipHead(ref reader, out var from, out var to, out var type);
        var properties = reader.Skip();
        return new RelationshipElement
        {
            Id = id,
            StartId = from,
            EndId = to,
            Type = type,
            Properties = properties,
            Bytes = content[start..reader.Position],
        };
    }
}

/// <summary>What both kinds of element share.</summary>
internal static class Elements
{
    /// <summary>Moves behind the next element and returns its id.</summary>
    /// <param name="reader">Stands on the element.</param>
    /// <param name="whole">False where null stands for the labels, the type or the properties. That is how a server
    /// returns an element that somebody is deleting at this moment (seen on 5.13.0: the type of a relationship).</param>
    public static long SkipElement(ref PackStreamReader reader, out bool whole)
    {
        var fields = reader.ReadListHeader();
        if (fields is not (3 or 5))
            throw Malformed("an element is neither a node nor a relationship");
        var id = reader.ReadInteger();
        whole = true;
        for (var left = fields - 1; left > 0; left--)
        {
            if (reader.TryReadNull())
                whole = false;
            else
                reader.Skip();
        }
        return id;
    }

    /// <summary>Reads a node's id; the reader then stands on its labels.</summary>
    public static long ReadNodeId(ref PackStreamReader reader)
    {
        if (reader.ReadListHeader() != 3)
            throw Malformed("a node is not a list of id, labels and properties");
        return reader.ReadInteger();
    }

    /// <summary>Reads a node up to its properties, which the reader then stands on.</summary>
    public static long ReadNodeHead(ref PackStreamReader reader, out ReadOnlySpan<byte> labels)
    {
        var id = ReadNodeId(ref reader);
        Expect(reader.Peek() == PackStreamType.List, "a node's labels are not a list");
        labels = reader.Skip();
        Expect(reader.Peek() == PackStreamType.Map, "a node's properties are not a map");
        return id;
    }

    /// <summary>Reads a relationship's ids; the reader then stands on its type.</summary>
    public static long ReadRelationshipIds(ref PackStreamReader reader, out long start, out long end)
    {
        if (reader.ReadListHeader() != 5)
            throw Malformed("a relationship is not a list of id, endpoints, type and properties");
        var id = reader.ReadInteger();
        start = reader.ReadInteger();
        end = reader.ReadInteger();
        return id;
    }

    /// <summary>Reads a relationship up to its properties, which the reader then stands on.</summary>
    public static long ReadRelationshipHead(
        ref PackStreamReader reader, out long start, out long end, out ReadOnlySpan<byte> type)
    {
        var id = ReadRelationshipIds(ref reader, out start, out end);
        Expect(reader.Peek() == PackStreamType.String, "a relationship's type is not a string");
        type = reader.Skip();
        Expect(reader.Peek() == PackStreamType.Map, "a relationship's properties are not a map");
        return id;
    }

    public static void Expect(bool holds, string otherwise)
    {
        if (!holds)
            throw Malformed(otherwise);
    }

    public static GrapException Malformed(string what) => new(
        GrapCondition.GraphInconsistent,
        $"The graph's content contradicts itself: {what}.",
        "Do not restore from this backup. Use an earlier one (Get-GrapBackup) and take a new one now.");
}
