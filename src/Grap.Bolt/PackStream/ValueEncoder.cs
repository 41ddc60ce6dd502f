using System.Collections;
using Grap.Bolt.Values;

namespace Grap.Bolt.PackStream;

/// <summary>Values of .NET to PackStream; what <see cref="PackStreamWriter.WriteValue"/> does.</summary>
internal static class ValueEncoder
{
    public static void Write(PackStreamWriter writer, object? value, int depth)
    {
        if (depth > PackStreamReader.MaxDepth)
            throw new ArgumentException(
                $"The value is nested more than {PackStreamReader.MaxDepth} deep.", nameof(value));
        switch (value)
        {
            case null:
                writer.WriteNull();
                break;
            case bool boolean:
                writer.Write(boolean);
                break;
            case string text:
                writer.Write(text);
                break;
            case char character:
                writer.Write([character]);
                break;
            case double number:
                writer.Write(number);
                break;
            case float number:
                writer.Write((double)number);
                break;
            case Half number:
                writer.Write((double)number);
                break;
            case byte[] bytes:
                writer.WriteBytes(bytes);
                break;
            case ReadOnlyMemory<byte> bytes:
                writer.WriteBytes(bytes.Span);
                break;
            case Memory<byte> bytes:
                writer.WriteBytes(bytes.Span);
                break;
            case Guid guid:
                writer.Write(guid.ToString("D"));
                break;
            default:
                if (TryGetInteger(value, out var integer))
                    writer.Write(integer);
                else if (!TryWriteTime(writer, value) && !TryWriteStructure(writer, value, depth))
                    WriteCollection(writer, value, depth);
                break;
        }
    }

    private static bool TryGetInteger(object value, out long integer)
    {
        integer = value switch
        {
            long number => number,
            int number => number,
            short number => number,
            sbyte number => number,
            byte number => number,
            ushort number => number,
            uint number => number,
            ulong and <= long.MaxValue => (long)(ulong)value,
            ulong number => throw new ArgumentException(
                $"{number} is larger than Neo4j's largest integer, {long.MaxValue}.", nameof(value)),
            _ => 0,
        };
        return value is long or int or short or sbyte or byte or ushort or uint or ulong;
    }

    private static bool TryWriteTime(PackStreamWriter writer, object value)
    {
        switch (value)
        {
            case Date date:
                WriteStructure(writer, StructureCodec.Date, date.EpochDays);
                return true;
            case Time time:
                WriteStructure(writer, StructureCodec.Time, time.NanosecondsOfDay, time.OffsetSeconds);
                return true;
            case LocalTime time:
                WriteStructure(writer, StructureCodec.LocalTime, time.NanosecondsOfDay);
                return true;
            case LocalDateTime time:
                WriteStructure(writer, StructureCodec.LocalDateTime, time.EpochSeconds, time.Nanoseconds);
                return true;
            case ZonedDateTime { ZoneId: { } zone } time:
                writer.WriteStructureHeader(StructureCodec.DateTimeZoneId, 3);
                writer.Write(time.EpochSeconds);
                writer.Write(time.Nanoseconds);
                writer.Write(zone);
                return true;
            case ZonedDateTime time:
                WriteStructure(writer, StructureCodec.DateTime,
                    time.EpochSeconds, time.Nanoseconds, time.OffsetSeconds.GetValueOrDefault());
                return true;
            case Duration duration:
                WriteStructure(writer, StructureCodec.Duration,
                    duration.Months, duration.Days, duration.Seconds, duration.Nanoseconds);
                return true;
            case DateOnly date:
                return TryWriteTime(writer, Date.From(date));
            case TimeOnly time:
                return TryWriteTime(writer, LocalTime.From(time));
            case TimeSpan span:
                return TryWriteTime(writer, Duration.From(span));
            case DateTimeOffset time:
                return TryWriteTime(writer, ZonedDateTime.From(time));
            case DateTime { Kind: DateTimeKind.Unspecified } time:
                return TryWriteTime(writer, LocalDateTime.From(time));
            case DateTime time:
                return TryWriteTime(writer, ZonedDateTime.From(new DateTimeOffset(time)));
            default:
                return false;
        }
    }

    private static bool TryWriteStructure(PackStreamWriter writer, object value, int depth)
    {
        switch (value)
        {
            case Values.Uuid uuid:
                writer.WriteUuid(uuid.Value);
                return true;
            case Point2D point:
                WriteFields(writer, StructureCodec.Point2D, depth, point.Srid, point.X, point.Y);
                return true;
            case Point3D point:
                WriteFields(writer, StructureCodec.Point3D, depth, point.Srid, point.X, point.Y, point.Z);
                return true;
            case Vector vector:
                WriteFields(writer, StructureCodec.Vector, depth,
                    new[] { (byte)vector.ElementType }, vector.BigEndianData);
                return true;
            case Node node:
                WriteFields(writer, StructureCodec.Node, depth, node.Id, node.Labels, node.Properties, node.ElementId);
                return true;
            case Relationship r:
                WriteFields(writer, StructureCodec.Relationship, depth, r.Id, r.StartId, r.EndId, r.Type, r.Properties,
                    r.ElementId, r.StartElementId, r.EndElementId);
                return true;
            case UnboundRelationship r:
                WriteFields(writer, StructureCodec.UnboundRelationship, depth, r.Id, r.Type, r.Properties, r.ElementId);
                return true;
            case Values.Path path:
                WriteFields(writer, StructureCodec.Path, depth, path.Nodes, path.Relationships, path.Indices);
                return true;
            case UnsupportedValue unsupported:
                WriteFields(writer, StructureCodec.Unsupported, depth, unsupported.TypeName,
                    unsupported.MinimumMajor, unsupported.MinimumMinor, unsupported.Details);
                return true;
            case UnknownStructure structure:
                WriteFields(writer, structure.Tag, depth, [.. structure.Fields]);
                return true;
            default:
                return false;
        }
    }

    private static void WriteCollection(PackStreamWriter writer, object value, int depth)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object?> map:
                writer.WriteMapHeader(map.Count);
                foreach (var (key, item) in map)
                {
                    writer.Write(key);
                    Write(writer, item, depth + 1);
                }
                break;
            case IDictionary map:
                writer.WriteMapHeader(map.Count);
                foreach (DictionaryEntry entry in map)
                {
                    writer.Write(entry.Key as string
                        ?? throw new ArgumentException(
                            $"A map's keys are strings, not {entry.Key.GetType()}.", nameof(value)));
                    Write(writer, entry.Value, depth + 1);
                }
                break;
            case ICollection list:
                WriteList(writer, list, list.Count, depth);
                break;
            case IEnumerable sequence:
                // The head says how many follow, and a sequence is walked only once.
                var items = sequence.Cast<object?>().ToList();
                WriteList(writer, items, items.Count, depth);
                break;
            default:
                throw new ArgumentException(
                    $"A value of type {value.GetType()} has no PackStream form.", nameof(value));
        }
    }

    private static void WriteList(PackStreamWriter writer, IEnumerable items, int count, int depth)
    {
        writer.WriteListHeader(count);
        foreach (var item in items)
            Write(writer, item, depth + 1);
    }

    private static void WriteStructure(PackStreamWriter writer, byte tag, params ReadOnlySpan<long> fields)
    {
        writer.WriteStructureHeader(tag, fields.Length);
        foreach (var field in fields)
            writer.Write(field);
    }

    private static void WriteFields(PackStreamWriter writer, byte tag, int depth, params object?[] fields)
    {
        writer.WriteStructureHeader(tag, fields.Length);
        foreach (var field in fields)
            Write(writer, field, depth + 1);
    }
}
