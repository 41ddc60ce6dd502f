using System.Buffers;
using System.Collections;
using CsCheck;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Bolt.Values;
using Xunit;

namespace Grap.Tests.Unit.Bolt;

public sealed class PackStreamTests
{
    private static readonly Gen<object?> _scalar = Gen.OneOf(
        Gen.Const((object?)null),
        Gen.Bool.Select(value => (object?)value),
        Gen.Long.Select(value => (object?)value),
        Gen.Int[-200, 200].Select(value => (object?)(long)value),
        Gen.Double.Select(value => (object?)value),
        Gen.String.Where(IsUtf8).Select(value => (object?)value),
        Gen.Byte.Array[0, 300].Select(value => (object?)value),
        Gen.Guid.Select(value => (object?)new Uuid(value)));

    private static readonly Gen<object?> _temporal = Gen.OneOf(
        Gen.Long[-365_243_219_162, 365_241_780_471].Select(days => (object?)new Date(days)),
        Gen.Long[0, 86_399_999_999_999].Select(time => (object?)new LocalTime(time)),
        Gen.Select(Gen.Long[0, 86_399_999_999_999], Gen.Int[-64800, 64800])
            .Select((time, offset) => (object?)new Time(time, offset)),
        Gen.Select(Gen.Long[-31557014167219200, 31556889864403199], Gen.Int[0, 999_999_999])
            .Select((seconds, nanos) => (object?)new LocalDateTime(seconds, nanos)),
        Gen.Select(Gen.Long[-31557014167219200, 31556889864403199], Gen.Int[0, 999_999_999], Gen.Int[-64800, 64800])
            .Select((seconds, nanos, offset) => (object?)new ZonedDateTime(seconds, nanos, offset)),
        Gen.Select(Gen.Long[-9999999999, 9999999999], Gen.Int[0, 999_999_999])
            .Select((seconds, nanos) => (object?)new ZonedDateTime(seconds, nanos, "Europe/London")),
        Gen.Select(Gen.Long, Gen.Long, Gen.Long, Gen.Int[0, 999_999_999])
            .Select((months, days, seconds, nanos) => (object?)new Duration(months, days, seconds, nanos)));

    private static readonly Gen<object?> _other = Gen.OneOf(
        Gen.Select(Gen.Int, Gen.Double, Gen.Double).Select((srid, x, y) => (object?)new Point2D(srid, x, y)),
        Gen.Select(Gen.Int, Gen.Double, Gen.Double, Gen.Double)
            .Select((srid, x, y, z) => (object?)new Point3D(srid, x, y, z)),
        Gen.Byte.Array[0, 64].Select(data => (object?)new Vector(VectorElementType.Int8, data)),
        Gen.Byte.Array[8].Select(data => (object?)new Vector(VectorElementType.Float32, data)));

    private static readonly Gen<object?> _value = Gen.Recursive<object?>((depth, self) => depth > 4
        ? _scalar
        : Gen.Frequency(
            (4, _scalar), (2, _temporal), (1, _other),
            (1, self.List[0, 20].Select(list => (object?)list)),
            (1, Gen.Dictionary(Gen.String.Where(IsUtf8), self)[0, 20].Select(map => (object?)map)),
            (1, Gen.Select(Gen.Const<byte>(0x7A), self.List[0, 20])
                .Select((tag, fields) => (object?)new UnknownStructure(tag, fields))),
            (1, Gen.Select(Gen.Long, Gen.String.Where(IsUtf8).List[0, 4], self)
                .Select((id, labels, value) => (object?)new Node(id, labels, Properties(value), "4:x:1")))));

    /// <summary>Values of every type, nested.</summary>
    internal static Gen<object?> AnyValue => _value;

    public static TheoryData<long, int> IntegerWidths => new()
    {
        { 0, 1 }, { 127, 1 }, { -16, 1 }, { -17, 2 }, { -128, 2 }, { 128, 3 }, { -129, 3 },
        { short.MaxValue, 3 }, { short.MinValue, 3 }, { short.MaxValue + 1, 5 }, { short.MinValue - 1, 5 },
        { int.MaxValue, 5 }, { int.MinValue, 5 }, { int.MaxValue + 1L, 9 }, { int.MinValue - 1L, 9 },
        { long.MaxValue, 9 }, { long.MinValue, 9 },
    };

    [Fact]
    public void Every_value_reads_back_as_it_was_written() =>
        _value.Sample(value => Same(value, Read(Write(value))), iter: 2000);

    [Fact]
    public void Skipping_a_value_ends_where_reading_it_ends() => _value.Sample(
        value =>
        {
            byte[] bytes = [.. Write(value), 0xFF];
            var skipper = new PackStreamReader(bytes);
            var reader = new PackStreamReader(bytes);
            reader.ReadValue();
            return skipper.Skip().Length == bytes.Length - 1 && reader.Position == skipper.Position;
        },
        iter: 2000);

    [Fact]
    public void A_value_cut_at_any_length_is_refused() => _value.Sample(
        value =>
        {
            var bytes = Write(value);
            // Every length of small values, and of large ones those near the ends.
            for (var length = 0; length < bytes.Length; length += length is > 100 && bytes.Length - length > 100 ? 17 : 1)
            {
                var cut = bytes[..length];
                Refused(() => new PackStreamReader(cut).ReadValue());
                Refused(() => new PackStreamReader(cut).Skip());
            }
        },
        iter: 20);

    [Fact]
    public void Random_bytes_are_a_value_or_are_refused_and_cost_little_memory() => Gen.Byte.Array[0, 200].Sample(
        bytes =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var read = Attempt(() => new PackStreamReader(bytes).ReadValue());
            var skipped = Attempt(() => new PackStreamReader(bytes).Skip());
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
            // Skipping does not look into strings and ranges, so it may accept more, never less.
            Assert.True(skipped || !read);
        },
        iter: 20_000);

    [Theory]
    [MemberData(nameof(IntegerWidths))]
    public void Integers_take_their_shortest_form(long value, int width)
    {
        var bytes = Write(value);
        Assert.Equal(width, bytes.Length);
        Assert.Equal(value, new PackStreamReader(bytes).ReadInteger());
    }

    [Theory]
    [InlineData("C87F", 127)]
    [InlineData("C9FFFF", -1)]
    [InlineData("CA00000001", 1)]
    [InlineData("CBFFFFFFFFFFFFFFFE", -2)]
    public void Integers_in_longer_forms_are_read_too(string hex, long value) =>
        Assert.Equal(value, new PackStreamReader(Convert.FromHexString(hex)).ReadInteger());

    [Theory]
    [InlineData(0, 1)]
    [InlineData(15, 1)]
    [InlineData(16, 2)]
    [InlineData(255, 2)]
    [InlineData(256, 3)]
    [InlineData(65_535, 3)]
    [InlineData(65_536, 5)]
    public void Lengths_take_their_shortest_form(int length, int head)
    {
        var text = Write(new string('a', length));
        Assert.Equal(head + length, text.Length);
        Assert.Equal(length, new PackStreamReader(text).ReadString().Length);

        var list = Write(new object?[length]);
        Assert.Equal(head + length, list.Length);
        Assert.Equal(length, new PackStreamReader(list).ReadListHeader());
        Assert.Equal(list.Length, new PackStreamReader(list).Skip().Length);

        var bytes = Write(new byte[length]);
        Assert.Equal(Math.Max(head, 2) + length, bytes.Length);
        Assert.Equal(length, new PackStreamReader(bytes).ReadBytes().Length);

        var map = Write(Enumerable.Range(0, length).ToDictionary(i => $"k{i}", _ => (object?)null));
        Assert.Equal(length, new PackStreamReader(map).ReadMapHeader());
        Assert.Equal(map.Length, new PackStreamReader(map).Skip().Length);
    }

    [Theory]
    [InlineData("D27FFFFFFF")] // a string of 2 GiB
    [InlineData("D2FFFFFFFF")] // one of 4 GiB
    [InlineData("CE7FFFFFFF00")]
    [InlineData("D67FFFFFFF01")]
    [InlineData("DA3FFFFFFF8161")]
    [InlineData("DDFFFF7A01")]
    public void A_claim_of_enormous_size_is_refused_without_reserving_memory(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused(() => new PackStreamReader(bytes).ReadValue());
        Refused(() => new PackStreamReader(bytes).Skip());
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_refused_and_does_not_exhaust_the_stack()
    {
        byte[] Nested(int depth) => [.. Enumerable.Repeat((byte)0x91, depth - 1), 0x90];

        Assert.Equal(1000, new PackStreamReader(Nested(1000)).Skip().Length);
        Assert.NotNull(new PackStreamReader(Nested(1000)).ReadValue());
        var deep = Nested(1_000_000);
        Refused(() => new PackStreamReader(deep).Skip());
        Refused(() => new PackStreamReader(deep).ReadValue());
    }

    [Theory]
    [InlineData("81FF")]
    [InlineData("82C328")]
    public void A_string_that_is_not_UTF8_is_refused(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        Refused(() => new PackStreamReader(bytes).ReadString());
    }

    [Fact]
    public void A_map_with_a_key_twice_is_refused()
    {
        var bytes = Convert.FromHexString("A2816101816102");
        Refused(() => new PackStreamReader(bytes).ReadValue());
    }

    [Fact]
    public void Values_of_dotnet_become_the_types_of_Neo4j()
    {
        Assert.Equal(1L, Read(Write((byte)1)));
        Assert.Equal(1L, Read(Write(1UL)));
        Assert.Equal(1.5, Read(Write(1.5f)));
        Assert.Equal("x", Read(Write('x')));
        Assert.Equal(new Date(0), Read(Write(new DateOnly(1970, 1, 1))));
        Assert.Equal(new LocalTime(1_000_000_100), Read(Write(new TimeOnly(10_000_001))));
        Assert.Equal(new LocalDateTime(1, 100), Read(Write(new DateTime(1970, 1, 1).AddTicks(10_000_001))));
        Assert.Equal(new ZonedDateTime(-1, 999_999_900, 3600),
            Read(Write(new DateTimeOffset(1970, 1, 1, 1, 0, 0, TimeSpan.FromHours(1)).AddTicks(-1))));
        Assert.Equal(new ZonedDateTime(0, 0, 0), Read(Write(DateTime.UnixEpoch)));
        Assert.Equal(new Duration(0, 0, -2, 500_000_000), Read(Write(TimeSpan.FromSeconds(-1.5))));
        var guid = Guid.NewGuid();
        Assert.Equal(guid.ToString(), Read(Write(guid)));
        Assert.Equal([1L, 2L], (List<object?>)Read(Write(Enumerable.Range(1, 2)))!);
        Assert.Equal(1L, ((Dictionary<string, object?>)Read(Write(new Hashtable { ["a"] = 1 }))!)["a"]);
    }

    [Fact]
    public void What_Neo4j_has_no_type_for_is_refused_by_its_name()
    {
        Assert.Contains("System.Decimal", Assert.Throws<ArgumentException>(() => Write(1m)).Message, StringComparison.Ordinal);
        Assert.Contains("System.Object", Assert.Throws<ArgumentException>(() => Write(new object())).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Write(ulong.MaxValue));
        Assert.Throws<ArgumentException>(() => Write(new Hashtable { [1] = 1 }));
        Assert.ThrowsAny<ArgumentException>(() => Write("\uD800"));
        var loop = new List<object?>();
        loop.Add(loop);
        Assert.Throws<ArgumentException>(() => Write(loop));
    }

    internal static byte[] Write(object? value)
    {
        var output = new ArrayBufferWriter<byte>();
        new PackStreamWriter(output).WriteValue(value);
        return output.WrittenSpan.ToArray();
    }

    private static object? Read(byte[] bytes)
    {
        var reader = new PackStreamReader(bytes);
        var value = reader.ReadValue();
        Assert.True(reader.AtEnd);
        return value;
    }

    private delegate void Reading();

    private static void Refused(Reading reading) => Assert.Equal(
        BoltErrorKind.ProtocolViolation, Assert.Throws<BoltException>(() => reading()).Kind);

    private static bool Attempt(Reading reading)
    {
        try
        {
            reading();
            return true;
        }
        catch (BoltException e)
        {
            Assert.Equal(BoltErrorKind.ProtocolViolation, e.Kind);
            return false;
        }
    }

    private static bool IsUtf8(string text) => !text.Any(char.IsSurrogate);

    private static Dictionary<string, object?> Properties(object? value) => new() { ["p"] = value };

    private static bool Same(object? left, object? right) => (left, right) switch
    {
        (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
        (double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b),
        (Node a, Node b) => a.Id == b.Id && a.ElementId == b.ElementId && a.Labels.SequenceEqual(b.Labels)
            && Same(a.Properties, b.Properties),
        (UnknownStructure a, UnknownStructure b) => a.Tag == b.Tag && Same(a.Fields, b.Fields),
        (IReadOnlyDictionary<string, object?> a, IReadOnlyDictionary<string, object?> b) =>
            a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out var value) && Same(pair.Value, value)),
        (IReadOnlyList<object?> a, IReadOnlyList<object?> b) =>
            a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
        _ => Equals(left, right),
    };
}
