using System.Buffers;
using Grap.Bolt.PackStream;

namespace Grap.Tests.Unit.Graphs;

/// <summary>Writes elements as a server sends them.</summary>
internal static class ElementBytes
{
    public static byte[] Node(long id, string[]? labels = null, params (string Key, object? Value)[] properties) =>
        Write(writer =>
        {
            writer.WriteListHeader(3);
            writer.Write(id);
            writer.WriteListHeader(labels?.Length ?? 0);
            foreach (var label in labels ?? [])
                writer.Write(label);
            WriteProperties(writer, properties);
        });

    public static byte[] Relationship(
        long id, long start, long end, string type, params (string Key, object? Value)[] properties) =>
        Write(writer =>
        {
            writer.WriteListHeader(5);
            writer.Write(id);
            writer.Write(start);
            writer.Write(end);
            writer.Write(type);
            WriteProperties(writer, properties);
        });

    public static byte[] Join(params byte[][] elements)
    {
        var joined = new MemoryStream();
        foreach (var element in elements)
            joined.Write(element);
        return joined.ToArray();
    }

    private static void WriteProperties(PackStreamWriter writer, (string Key, object? Value)[] properties)
    {
        writer.WriteMapHeader(properties.Length);
        foreach (var (key, value) in properties)
        {
            writer.Write(key);
            writer.WriteValue(value);
        }
    }

    private static byte[] Write(Action<PackStreamWriter> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(new PackStreamWriter(output));
        return output.WrittenSpan.ToArray();
    }
}
