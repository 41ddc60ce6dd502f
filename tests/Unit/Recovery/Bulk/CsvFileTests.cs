using System.Buffers;
using Grap.Bolt.PackStream;
using Grap.Bolt.Values;
using Grap.Recovery.Bulk;
using Xunit;
using Path = System.IO.Path;

namespace Grap.Tests.Unit.Recovery.Bulk;

/// <summary>The text that an import is given. That Neo4j reads it as the same values is shown on real servers.</summary>
public sealed class CsvFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-csv-").FullName;

    [Fact]
    public void A_key_becomes_a_column_when_it_is_first_met()
    {
        var (rows, header) = Write(
            (1, new() { ["name"] = "a \"quoted\"\tone", ["age"] = 7L }),
            (2, new() { ["age"] = -8L, ["score"] = 0.1 }),
            (3, new()));

        Assert.Equal(["1\t\"a \"\"quoted\"\"\tone\"\t7", "2\t\t-8\t0.1", "3\t\t\t"], rows);
        Assert.Equal(":ID\tname:string\tage:long\tscore:double", header);
    }

    [Fact]
    public void Lists_and_times_are_written_as_Neo4j_reads_them()
    {
        var (rows, header) = Write((1, new()
        {
            ["texts"] = new List<object?> { "a", "b \"c\"" },
            ["numbers"] = new List<object?> { 1L, 2L },
            ["day"] = new Date(19_782),
            ["at"] = new LocalDateTime(-1, 5),
            ["when"] = new ZonedDateTime(0, 999_999_999, -5400),
            ["clock"] = new LocalTime(3_600_000_000_001),
        }));

        Assert.Equal(
            ["1\t\"a\u001fb \"\"c\"\"\"\t1\u001f2\t2024-02-29\t1969-12-31T23:59:59.000000005\t1969-12-31T22:30:00.999999999-01:30"
                + "\t01:00:00.000000001"], rows);
        Assert.Equal(
            ":ID\ttexts:string[]\tnumbers:long[]\tday:date\tat:localdatetime\twhen:datetime\tclock:localtime", header);
    }

    [Theory]
    [MemberData(nameof(Unwritten))]
    public void What_might_be_read_otherwise_is_left(string what, object value)
    {
        var (rows, header) = Write((1, new() { ["a"] = 1L, ["b"] = value }), (2, new() { ["a"] = 2L }));

        Assert.True(rows is ["2\t2"], what);
        Assert.Equal(":ID\ta:long", header);
    }

    public static TheoryData<string, object> Unwritten { get; } = new()
    {
        { "not a number", double.NaN },
        { "infinite", double.NegativeInfinity },
        { "a zero character", "a\0b" },
        { "a very long text", new string('x', 2 << 20) },
        { "an empty list", new List<object?>() },
        { "a list with an empty text", new List<object?> { "a", "" } },
        { "a list with what separates", new List<object?> { "a\u001fb" } },
        { "a list of dates", new List<object?> { new Date(0) } },
        { "bytes", new byte[] { 1 } },
        { "a date before every calendar", new Date(-365_243_219_162) },
        { "a date after it", new Date(365_241_780_471) },
        { "an offset with seconds", new ZonedDateTime(0, 0, 3_723) },
        { "a duration", new Duration(1, 2, 3, 4) },
        { "a point", new Point2D(4326, 1, 2) },
        { "a named zone", new ZonedDateTime(0, 0, "Europe/London") },
    };

    [Fact]
    public void A_key_keeps_its_first_type_and_odd_keys_are_left()
    {
        var (rows, header) = Write(
            (1, new() { ["a"] = 1L }), (2, new() { ["a"] = "text" }), (3, new() { ["b:c"] = 1L }), (4, new() { ["a"] = 4L }));

        Assert.Equal(["1\t1", "4\t4"], rows);
        Assert.Equal(":ID\ta:long", header);
    }

    [Fact]
    public void A_list_of_floats_that_may_be_a_vector_is_left()
    {
        using var file = new CsvFile(_folder, "vectors", takesFloatLists: false);

        Assert.False(file.TryWrite([1], Encode(new() { ["embedding"] = new List<object?> { 0.5, 1.0 } })));
        Assert.True(file.TryWrite([1], Encode(new() { ["numbers"] = new List<object?> { 1L } })));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static byte[] Encode(Dictionary<string, object?> properties)
    {
        var output = new ArrayBufferWriter<byte>();
        new PackStreamWriter(output).WriteValue(properties);
        return output.WrittenSpan.ToArray();
    }

    private (string[] Rows, string Header) Write(params (long Id, Dictionary<string, object?> Properties)[] elements)
    {
        using (var file = new CsvFile(_folder, "some", takesFloatLists: true))
        {
            foreach (var (id, properties) in elements)
                file.TryWrite([id], Encode(properties));
            file.Complete(":ID");
        }
        return (File.ReadAllLines(Path.Combine(_folder, "some.csv")),
            File.ReadAllLines(Path.Combine(_folder, "some.header")).Single());
    }
}
