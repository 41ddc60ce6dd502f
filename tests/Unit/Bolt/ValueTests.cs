using Grap.Bolt.Values;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

/// <summary>The texts are what <c>toString()</c> gives on Neo4j 5.13, 5.26 and 2026.08.</summary>
public sealed class ValueTests
{
    public static TheoryData<string, object> Printed => new()
    {
        { "1970-01-01", new Date(0) },
        { "2020-02-29", new Date(18_321) },
        { "0000-03-01", new Date(-719_468) },
        { "-0001-12-31", new Date(-719_529) },
        { "-999999999-01-01", new Date(-365_243_219_162) },
        { "+999999999-12-31", new Date(365_241_780_471) },
        { "10:15:00", new LocalTime(36_900_000_000_000) },
        { "10:15:30.000000001", new LocalTime(36_930_000_000_001) },
        { "10:15:30.5+01:00", new Time(36_930_500_000_000, 3600) },
        { "10:15:00Z", new Time(36_900_000_000_000, 0) },
        { "10:15:00-00:01:15", new Time(36_900_000_000_000, -75) },
        { "1969-12-31T23:59:59.999999999", new LocalDateTime(-1, 999_999_999) },
        { "2015-06-24T12:50:35.556+01:00", new ZonedDateTime(1_435_146_635, 556_000_000, 3600) },
        { "2015-06-24T11:50:35Z[No/Where]", new ZonedDateTime(1_435_146_635, 0, "No/Where") },
        { "P1Y2M3DT4H5M6.5S", new Duration(14, 3, 14_706, 500_000_000) },
        { "PT-0.25S", new Duration(0, 0, -1, 750_000_000) },
        { "PT-1M-1.5S", new Duration(0, 0, -62, 500_000_000) },
        { "P-1Y-1M-1D", new Duration(-13, -1, 0, 0) },
        { "PT0S", new Duration(0, 0, 0, 0) },
        { "point({x: 1.0, y: 2.25, crs: 'cartesian'})", new Point2D(7203, 1, 2.25) },
        { "point({x: 1.5, y: 2.0, z: 1.0E300, crs: 'wgs-84-3d'})", new Point3D(4979, 1.5, 2, 1e300) },
        { "vector([1.0, 0.1], 2, FLOAT32)",
            new Vector(VectorElementType.Float32, Convert.FromHexString("3F8000003DCCCCCD")) },
        { "vector([-1, 2], 2, INT64)",
            new Vector(VectorElementType.Int64, Convert.FromHexString("FFFFFFFFFFFFFFFF0000000000000002")) },
    };

    [Theory]
    [MemberData(nameof(Printed))]
    public void A_value_prints_as_Neo4j_prints_it(string text, object value) => Assert.Equal(text, value.ToString());

    [Fact]
    public void Conversions_that_are_exact_succeed()
    {
        Assert.Equal(new DateOnly(2020, 2, 29), new Date(18_321).ToDateOnly());
        Assert.Equal(new TimeOnly(10, 15, 30, 1), new LocalTime(36_930_001_000_000).ToTimeOnly());
        Assert.Equal(new DateTime(1969, 12, 31, 23, 59, 59), new LocalDateTime(-1, 0).ToDateTime());
        Assert.Equal(new DateTimeOffset(2015, 6, 24, 12, 50, 35, TimeSpan.FromHours(1)),
            new ZonedDateTime(1_435_146_635, 0, 3600).ToDateTimeOffset());
        Assert.Equal(TimeSpan.FromSeconds(-1.5), new Duration(0, 0, -2, 500_000_000).ToTimeSpan());
    }

    [Fact]
    public void Conversions_that_would_lose_something_are_refused()
    {
        Assert.Throws<OverflowException>(() => new Date(365_241_780_471).ToDateOnly());
        Assert.Throws<OverflowException>(() => new LocalTime(1).ToTimeOnly());
        Assert.Throws<OverflowException>(() => new LocalDateTime(0, 1).ToDateTime());
        Assert.Throws<OverflowException>(() => new LocalDateTime(-99_999_999_999, 0).ToDateTime());
        Assert.Throws<OverflowException>(() => new ZonedDateTime(0, 0, 75).ToDateTimeOffset());
        Assert.Throws<OverflowException>(() => new Duration(1, 0, 0, 0).ToTimeSpan());
    }
}
