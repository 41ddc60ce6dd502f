using Grap.Bolt.Values;

namespace Grap.Lab.Graphs;

/// <summary>Values of every property type that Neo4j Community stores: the ordinary ones and the edges of
/// each.</summary>
public static class PropertyValues
{
    /// <summary>WGS 84, longitude and latitude in degrees.</summary>
    public const int Wgs84 = 4326;

    /// <summary>WGS 84 with a height in metres.</summary>
    public const int Wgs84Height = 4979;

    /// <summary>A plane.</summary>
    public const int Cartesian = 7203;

    /// <summary>A space.</summary>
    public const int Cartesian3D = 9157;

    // Neo4j's dates are java.time's: years from -999,999,999 to 999,999,999, as days and seconds of 1970.
    private const long FirstDay = -365_243_219_162;
    private const long LastDay = 365_241_780_471;
    private const long FirstSecond = FirstDay * 86_400;
    private const long LastSecond = LastDay * 86_400 + 86_399;
    private const long LastNanosecondOfDay = 86_399_999_999_999;
    private const int WidestOffset = 18 * 3600;

    /// <summary>Integers around every border of PackStream's and the store's widths.</summary>
    public static IReadOnlyList<long> Integers { get; } =
    [
        0, 1, -1, -16, -17, 127, 128, -128, -129, 255, 256, short.MaxValue, short.MaxValue + 1, short.MinValue,
        short.MinValue - 1,
        int.MaxValue, int.MaxValue + 1L, int.MinValue, int.MinValue - 1L, (1L << 53) - 1, (1L << 53) + 1, 1L << 59,
        -(1L << 59),
        long.MaxValue, long.MinValue,
    ];

    /// <summary>Floats, of which some are equal in value and different in bits.</summary>
    public static IReadOnlyList<double> Floats { get; } =
    [
        0.0, -0.0, 1.0, 0.1, -1.5, Math.PI, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue,
        2.2250738585072014E-308,
        float.MaxValue, 1e300, double.PositiveInfinity, double.NegativeInfinity,
        BitConverter.Int64BitsToDouble(0x7ff8000000000000),
    ];

    /// <summary>Strings: the store packs many of them differently (digits, dates, hexadecimal, addresses, Latin-1,
    /// long ones).</summary>
    public static IReadOnlyList<string> Strings { get; } =
    [
        "", " ", "a", "0123456789", "2024-02-29 23:59:59", "+49 (30) 1234-567", "deadbeef00c0ffee",
        "550e8400-e29b-41d4-a716-446655440000",
        "someone@example.org", "https://example.org/?q=1&r=%20", "UPPER_CASE", "lower_case", "Größe, façade, ¿señor?",
        "日本語の文字列",
        "\u0000", "before\u0000after", "\t\r\n\b\f", "\"quoted\" and \\backslash\\ and 'single' and `grave`",
        "\u0001\u001f\u007f\u0085",
        "e\u0301 is not \u00e9", "👩‍👩‍👧‍👦🏳️‍🌈", "שלום עולם", "\u202Eright to left\u202C",
        "zero\u200Bwidth\uFEFFjoiner\u200D", "\uFFFD\uFFFE\uFFFF", "\U0010FFFF",
        "\u2028\u2029", "$param {map} [list] // not a comment", new string('x', 255), new string('ä', 70_000),
    ];

    /// <summary>Byte arrays.</summary>
    public static IReadOnlyList<byte[]> ByteArrays { get; } =
    [
        [], [0], [255], [.. Enumerable.Range(0, 256).Select(value => (byte)value)], new byte[70_000],
    ];

    /// <summary>Dates, times, and durations.</summary>
    public static IReadOnlyList<(string Name, object Value)> Temporals { get; } =
    [
        ("date", new Date(0)), ("dateBefore1970", new Date(-1)), ("dateLeap", new Date(19_782)),
        ("dateFirst", new Date(FirstDay)), ("dateLast", new Date(LastDay)),
        ("localTime", new LocalTime(0)), ("localTimeLast", new LocalTime(LastNanosecondOfDay)),
        ("time", new Time(1, 0)), ("timeEast", new Time(LastNanosecondOfDay, WidestOffset)),
        ("timeWest", new Time(0, -WidestOffset)),
        ("timeOddOffset", new Time(43_200_000_000_001, 3_723)),
        ("localDateTime", new LocalDateTime(0, 0)), ("localDateTimeBefore1970", new LocalDateTime(-1, 999_999_999)),
        ("localDateTimeFirst", new LocalDateTime(FirstSecond, 0)),
        ("localDateTimeLast", new LocalDateTime(LastSecond, 999_999_999)),
        ("dateTime", new ZonedDateTime(0, 0, 0)), ("dateTimeEast", new ZonedDateTime(1_700_000_000, 1, 20_700)),
        ("dateTimeWest", new ZonedDateTime(-1_700_000_000, 999_999_999, -34_200)),
        ("dateTimeFirst", new ZonedDateTime(FirstSecond, 0, 0)),
        ("dateTimeLast", new ZonedDateTime(LastSecond, 999_999_999, 0)),
        ("dateTimeZone", new ZonedDateTime(1_700_000_000, 123_456_789, "Europe/Berlin")),
        // 02:30 on the night when clocks go back happens twice: an hour apart in fact, the same by the clock on the
        // wall.
        ("dateTimeFoldEarlier", new ZonedDateTime(1_698_539_400, 0, "Europe/Berlin")),
        ("dateTimeFoldLater", new ZonedDateTime(1_698_543_000, 0, "Europe/Berlin")),
        ("dateTimeZoneHistoric", new ZonedDateTime(-2_000_000_000, 0, "America/Argentina/Buenos_Aires")),
        ("duration", new Duration(0, 0, 0, 0)), ("durationMixed", new Duration(14, -3, 3_600, 999_999_999)),
        ("durationNegative", new Duration(-1, -1, -1, 1)),
        ("durationLongest", new Duration(999_999_999 * 12L, 0, 0, 0)),
        ("durationSeconds", new Duration(0, 0, 9_000_000_000_000_000, 5)),
    ];

    /// <summary>Points of the four coordinate systems.</summary>
    public static IReadOnlyList<(string Name, object Value)> Points { get; } =
    [
        ("pointWgs84", new Point2D(Wgs84, 13.4, 52.5)), ("pointWgs84Edge", new Point2D(Wgs84, -180, -90)),
        ("pointWgs84Height", new Point3D(Wgs84Height, 180, 90, -11_034)),
        ("pointCartesian", new Point2D(Cartesian, -0.0, double.Epsilon)),
        ("pointCartesianFar", new Point2D(Cartesian, double.MaxValue, double.MinValue)),
        ("pointCartesian3D", new Point3D(Cartesian3D, 1e-300, -1e300, 0.1)),
    ];

    /// <summary>Every value above under a name of its own, and lists of every type.</summary>
    public static IReadOnlyDictionary<string, object?> All { get; } = MakeAll();

    /// <summary>One ordinary value of every type, each different for another <paramref name="number"/>.</summary>
    public static IEnumerable<(string Name, object Value)> OneOfEach(long number)
    {
        var second = 1_600_000_000 + number * 7_919;
        var nanosecond = (int)(number * 1_000_003 % 1_000_000_000);
        var nanosecondOfDay = number * 86_399_999 % (LastNanosecondOfDay + 1);
        var longitude = number % 3600 / 10.0 - 180;
        var latitude = number % 1800 / 10.0 - 90;
        yield return ("flag", number % 2 == 0);
        yield return ("integer", number * 2_654_435_761);
        yield return ("float", number / 7.0);
        yield return ("string", $"number {number}");
        yield return ("bytes", BitConverter.GetBytes(number));
        yield return ("date", new Date(number % 30_000));
        yield return ("localTime", new LocalTime(nanosecondOfDay));
        yield return ("time", new Time(nanosecondOfDay, (int)(number % 24 - 12) * 1800));
        yield return ("localDateTime", new LocalDateTime(second, nanosecond));
        yield return ("dateTime", new ZonedDateTime(second, nanosecond, (int)(number % 24 - 12) * 1800));
        yield return ("dateTimeZone", new ZonedDateTime(second, nanosecond, "Asia/Kathmandu"));
        yield return ("duration", new Duration(number % 24, number % 31, number, nanosecond));
        yield return ("pointWgs84", new Point2D(Wgs84, longitude, latitude));
        yield return ("pointWgs84Height", new Point3D(Wgs84Height, longitude, latitude, number));
        yield return ("pointCartesian", new Point2D(Cartesian, number, -number));
        yield return ("pointCartesian3D", new Point3D(Cartesian3D, number, 0, number / 3.0));
        yield return ("flags", new List<object?> { true, number % 2 == 0 });
        yield return ("integers", new List<object?> { number, -number, 0L });
        yield return ("floats", new List<object?> { number / 3.0, -0.0 });
        yield return ("strings", new List<object?> { "", $"{number}", "ß" });
        yield return ("dates", new List<object?> { new Date(number % 30_000), new Date(0) });
        yield return ("dateTimes", new List<object?> { new ZonedDateTime(second, nanosecond, 3600) });
        yield return ("durations", new List<object?> { new Duration(0, 0, number, 0) });
        yield return ("points", new List<object?> { new Point2D(Wgs84, longitude, latitude) });
        yield return ("nothing", new List<object?>());
    }

    private static Dictionary<string, object?> MakeAll()
    {
        var all = new Dictionary<string, object?>
        {
            ["true"] = true,
            ["false"] = false,
            ["booleans"] = new List<object?> { true, false, true },
            ["emptyList"] = new List<object?>(),
        };
        AddNumbered("integer", Integers.Cast<object>());
        AddNumbered("float", Floats.Cast<object>());
        AddNumbered("string", Strings);
        AddNumbered("bytes", ByteArrays);
        foreach (var (name, value) in Temporals.Concat(Points))
            all[name] = value;
        // A list keeps its type, and all points of a list their one coordinate system.
        foreach (var group in Temporals.Concat(Points).GroupBy(one => (one.Value.GetType(), Srid(one.Value))))
            all["listOf" + group.First().Name] = group.Select(one => (object?)one.Value).ToList();
        return all;

        static int? Srid(object value) => (value as Point2D?)?.Srid ?? (value as Point3D?)?.Srid;

        void AddNumbered(string name, IEnumerable<object> values)
        {
            var list = values.ToList();
            for (var index = 0; index < list.Count; index++)
                all[$"{name}{index}"] = list[index];
            if (list[0] is not byte[])
                all[$"listOf{name}"] = list.Cast<object?>().ToList();
        }
    }
}
