using Grap.Bolt.Values;

namespace Grap.Bolt.PackStream;

/// <summary>
/// Structures to values, by the tags and fields of Bolt 5 and 6
/// (https://neo4j.com/docs/bolt/current/bolt/structure-semantics/). The way back is in <see cref="ValueEncoder"/>.
/// </summary>
internal static class StructureCodec
{
    public const byte Node = 0x4E;
    public const byte Relationship = 0x52;
    public const byte UnboundRelationship = 0x72;
    public const byte Path = 0x50;
    public const byte Date = 0x44;
    public const byte Time = 0x54;
    public const byte LocalTime = 0x74;
    public const byte DateTime = 0x49;
    public const byte DateTimeZoneId = 0x69;
    public const byte LocalDateTime = 0x64;
    public const byte Duration = 0x45;
    public const byte Point2D = 0x58;
    public const byte Point3D = 0x59;
    public const byte Vector = 0x56;
    public const byte Unsupported = 0x3F;

    // Java's Instant and LocalDate, which Neo4j keeps time in, reach the years ±999,999,999.
    private const long MinDays = -365_243_219_162;
    private const long MaxDays = 365_241_780_471;
    private const long MinSeconds = (MinDays - 1) * 86_400;
    private const long MaxSeconds = (MaxDays + 2) * 86_400;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const long NanosecondsPerDay = 86_400 * NanosecondsPerSecond;

    public static object Read(ref PackStreamReader reader)
    {
        var (tag, fields) = reader.ReadStructureHeader();
        if (FieldsOf(tag) is not { } expected)
            return ReadUnknown(ref reader, tag, fields);
        if (fields != expected)
            throw reader.Violation($"structure 0x{tag:X2} has {expected} fields, not {fields}");
        return tag switch
        {
            Node => new Node(reader.ReadInteger(), ReadStrings(ref reader), reader.ReadMap(), reader.ReadString()),
            Relationship => new Relationship(reader.ReadInteger(), reader.ReadInteger(), reader.ReadInteger(),
                reader.ReadString(), reader.ReadMap(), reader.ReadString(), reader.ReadString(), reader.ReadString()),
            UnboundRelationship => new UnboundRelationship(
                reader.ReadInteger(), reader.ReadString(), reader.ReadMap(), reader.ReadString()),
            Path => new Values.Path(ReadAll<Node>(ref reader), ReadAll<UnboundRelationship>(ref reader),
                ReadIndices(ref reader)),
            Date => new Date(Within(ref reader, MinDays, MaxDays)),
            Time => new Time(Within(ref reader, 0, NanosecondsPerDay - 1), ReadOffset(ref reader)),
            LocalTime => new LocalTime(Within(ref reader, 0, NanosecondsPerDay - 1)),
            DateTime => new ZonedDateTime(ReadSeconds(ref reader), ReadNanoseconds(ref reader), ReadOffset(ref reader)),
            DateTimeZoneId => new ZonedDateTime(
                ReadSeconds(ref reader), ReadNanoseconds(ref reader), reader.ReadString()),
            LocalDateTime => new LocalDateTime(ReadSeconds(ref reader), ReadNanoseconds(ref reader)),
            Duration => new Duration(
                reader.ReadInteger(), reader.ReadInteger(), reader.ReadInteger(), ReadNanoseconds(ref reader)),
            Point2D => new Point2D(ReadSrid(ref reader), reader.ReadFloat(), reader.ReadFloat()),
            Point3D => new Point3D(ReadSrid(ref reader), reader.ReadFloat(), reader.ReadFloat(), reader.ReadFloat()),
            Vector => ReadVector(ref reader),
            _ => new UnsupportedValue(reader.ReadString(),
                (int)Within(ref reader, 0, byte.MaxValue), (int)Within(ref reader, 0, byte.MaxValue), reader.ReadMap()),
        };
    }

    private static int? FieldsOf(byte tag) => tag switch
    {
        Date or LocalTime => 1,
        Time or LocalDateTime or Vector => 2,
        Path or DateTime or DateTimeZoneId or Point2D => 3,
        Node or UnboundRelationship or Duration or Point3D or Unsupported => 4,
        Relationship => 8,
        _ => null,
    };

    private static UnknownStructure ReadUnknown(ref PackStreamReader reader, byte tag, int fields)
    {
        var values = new List<object?>();
        for (var i = 0; i < fields; i++)
            values.Add(reader.ReadValue());
        return new UnknownStructure(tag, values);
    }

    private static List<string> ReadStrings(ref PackStreamReader reader)
    {
        var count = reader.ReadListHeader();
        var strings = new List<string>();
        for (var i = 0; i < count; i++)
            strings.Add(reader.ReadString());
        return strings;
    }

    private static List<T> ReadAll<T>(ref PackStreamReader reader) where T : class
    {
        var count = reader.ReadListHeader();
        var all = new List<T>();
        for (var i = 0; i < count; i++)
        {
            all.Add(reader.ReadValue() as T
                ?? throw reader.Violation($"a path holds something that is no {typeof(T).Name}"));
        }
        return all;
    }

    private static List<long> ReadIndices(ref PackStreamReader reader)
    {
        var count = reader.ReadListHeader();
        var indices = new List<long>();
        for (var i = 0; i < count; i++)
            indices.Add(reader.ReadInteger());
        return indices;
    }

    private static Vector ReadVector(ref PackStreamReader reader)
    {
        var type = reader.ReadBytes();
        if (type.Length != 1 || Values.Vector.SizeOf((VectorElementType)type[0]) is not { } size)
            throw reader.Violation("a vector has an unknown element type");
        var elementType = (VectorElementType)type[0];
        var data = reader.ReadBytes();
        return data.Length % size == 0
            ? new Vector(elementType, data.ToArray())
            : throw reader.Violation("a vector's last element is cut");
    }

    private static long ReadSeconds(ref PackStreamReader reader) => Within(ref reader, MinSeconds, MaxSeconds);

    private static int ReadNanoseconds(ref PackStreamReader reader) =>
        (int)Within(ref reader, 0, NanosecondsPerSecond - 1);

    // Neo4j's offsets end at 18 hours; nothing here depends on that, so one day is the limit.
    private static int ReadOffset(ref PackStreamReader reader) => (int)Within(ref reader, -86_400, 86_400);

    private static int ReadSrid(ref PackStreamReader reader) => (int)Within(ref reader, int.MinValue, int.MaxValue);

    private static long Within(ref PackStreamReader reader, long minimum, long maximum)
    {
        var value = reader.ReadInteger();
        return value >= minimum && value <= maximum
            ? value
            : throw reader.Violation($"{value} is not within {minimum} and {maximum}");
    }
}
