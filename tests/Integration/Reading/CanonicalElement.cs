using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Grap.Bolt.PackStream;

namespace Grap.Tests.Integration.Reading;

/// <summary>
/// Canonical lines of nodes and relationships, made from the PackStream bytes that a server sends and an archive
/// keeps. They are, character by character, the lines that JavaScript/dump.js prints after reading the same graph
/// through Neo4j's official driver. Integers are decimal strings, floats their 16 hexadecimal digits, bytes base64;
/// temporal values are what PackStream holds.
/// </summary>
public static class CanonicalElement
{
    private const int Longest = 1024;

    /// <summary>A node from the bytes of the list <c>[id, labels, properties]</c>.</summary>
    public static string FromNode(ReadOnlySpan<byte> element)
    {
        var reader = new PackStreamReader(element);
        ExpectFields(reader.ReadListHeader(), 3);
        var line = new StringBuilder("{\"node\":\"").Append(Text(reader.ReadInteger())).Append("\",\"labels\":[");
        var labels = new string[reader.ReadListHeader()];
        for (var index = 0; index < labels.Length; index++)
            labels[index] = reader.ReadString();
        Array.Sort(labels, StringComparer.Ordinal);
        line.AppendJoin(',', labels.Select(Quote)).Append("],\"properties\":");
        AppendProperties(line, ref reader);
        return Finish(line, reader);
    }

    /// <summary>A relationship from the bytes of the list <c>[id, start, end, type, properties]</c>.</summary>
    public static string FromRelationship(ReadOnlySpan<byte> element)
    {
        var reader = new PackStreamReader(element);
        ExpectFields(reader.ReadListHeader(), 5);
        var line = new StringBuilder("{\"relationship\":\"").Append(Text(reader.ReadInteger()))
            .Append("\",\"start\":\"").Append(Text(reader.ReadInteger()))
            .Append("\",\"end\":\"").Append(Text(reader.ReadInteger()))
            .Append("\",\"type\":").Append(Quote(reader.ReadString()))
            .Append(",\"properties\":");
        AppendProperties(line, ref reader);
        return Finish(line, reader);
    }

    private static string Finish(StringBuilder line, PackStreamReader reader)
    {
        Assert.True(reader.AtEnd, "An element is followed by bytes that do not belong to it.");
        return line.Append('}').ToString();
    }

    private static void AppendProperties(StringBuilder line, ref PackStreamReader reader)
    {
        var properties = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var left = reader.ReadMapHeader(); left > 0; left--)
        {
            var key = reader.ReadString();
            properties.Add(key, Value(ref reader));
        }
        line.Append('{').AppendJoin(',', properties.Select(pair => Quote(pair.Key) + ":" + pair.Value)).Append('}');
    }

    private static string Value(ref PackStreamReader reader)
    {
        switch (reader.Peek())
        {
            case PackStreamType.Boolean:
                return reader.ReadBoolean() ? "{\"boolean\":true}" : "{\"boolean\":false}";
            case PackStreamType.Integer:
                return $"{{\"integer\":\"{Text(reader.ReadInteger())}\"}}";
            case PackStreamType.Float:
                return $"{{\"float\":\"{Bits(reader.ReadFloat())}\"}}";
            case PackStreamType.String:
                var utf8 = reader.ReadUtf8();
                return utf8.Length <= Longest
                    ? $"{{\"string\":{Quote(Encoding.UTF8.GetString(utf8))}}}"
                    : $"{{\"string\":{Summary(utf8)}}}";
            case PackStreamType.Bytes:
                var bytes = reader.ReadBytes();
                return bytes.Length <= Longest
                    ? $"{{\"bytes\":\"{Convert.ToBase64String(bytes)}\"}}"
                    : $"{{\"bytes\":{Summary(bytes)}}}";
            case PackStreamType.List:
                var values = new string[reader.ReadListHeader()];
                for (var index = 0; index < values.Length; index++)
                    values[index] = Value(ref reader);
                return $"{{\"list\":[{string.Join(',', values)}]}}";
            case PackStreamType.Structure:
                return Structure(ref reader);
            default:
                throw new InvalidDataException($"A property cannot be a {reader.Peek()}.");
        }
    }

    // Tags of docs: Date 44, Time 54, LocalTime 74, DateTime 49, DateTimeZoneId 69, LocalDateTime 64, Duration 45,
    // points 58, 59.
    private static string Structure(ref PackStreamReader reader)
    {
        var (tag, fields) = reader.ReadStructureHeader();
        var name = (tag, fields) switch
        {
            (0x44, 1) => "date",
            (0x54, 2) => "time",
            (0x74, 1) => "localTime",
            (0x49, 3) => "dateTime",
            (0x69, 3) => "dateTimeZone",
            (0x64, 2) => "localDateTime",
            (0x45, 4) => "duration",
            (0x58, 3) or (0x59, 4) => "point",
            _ => throw new InvalidDataException($"A property cannot be a structure {tag:X2} of {fields} fields."),
        };
        var parts = new string[fields];
        for (var index = 0; index < fields; index++)
        {
            parts[index] = reader.Peek() switch
            {
                PackStreamType.Integer => $"\"{Text(reader.ReadInteger())}\"",
                PackStreamType.Float => $"\"{Bits(reader.ReadFloat())}\"",
                _ => Quote(reader.ReadString()),
            };
        }
        var content = fields == 1 ? parts[0] : $"[{string.Join(',', parts)}]";
        return $"{{\"{name}\":{content}}}";
    }

    private static string Summary(ReadOnlySpan<byte> bytes) =>
        $"{{\"bytes\":{Text(bytes.Length)},\"sha256\":\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"}}";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Bits(double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return Convert.ToHexStringLower(bytes);
    }

    private static void ExpectFields(int actual, int expected) =>
        Assert.True(actual == expected, $"An element has {actual} fields instead of {expected}.");

    // As JSON.stringify does it, which escapes less than .NET's writers: quotes, backslashes and control characters
    // only.
    private static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => quoted.Append(character),
            };
        }
        return quoted.Append('"').ToString();
    }
}
