using CsCheck;
using Grap.Archives;
using Grap.Archives.Columns;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Graphs;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Archives;

public sealed class ColumnTests
{
    private static readonly BlockKey Nodes = new(BlockKind.Nodes, 65_536, 0);
    private static readonly BlockKey Relationships = new(BlockKind.Relationships, 1L << 40, 0);

    private static readonly Gen<object?> Value = Gen.OneOf(
        Gen.Const((object?)null), Gen.Bool.Select(Box), Gen.Long.Select(Box), Gen.Int[-200, 200].Select(n => Box((long)n)),
        Gen.Short.Select(n => Box((long)n)), Gen.Int.Select(n => Box((long)n)), Gen.Double.Select(Box),
        Gen.String[0, 20].Select(Box), Gen.String[250, 260].Select(Box), Gen.Byte.Array[0, 20].Select(Box),
        Gen.Long.List[0, 20].Select(list => Box(list.Cast<object?>().ToList())));

    // Of four lists of keys, so that elements have something in common, as those of a graph do.
    private static readonly Gen<(string, object?)[]> Properties = Gen.Select(Gen.Int[0, 3], Value.Array[15]).Select(
        (kind, values) => values.Take(5 * kind).Select((value, i) => ($"key {kind} {i}", value)).ToArray());

    private static readonly Gen<string[]> Labels = Gen.Int[0, 4].Select(i => (string[])(i switch { 0 => [], 1 => ["A"], 2 => ["A", "B"], 3 => ["C"], _ => ["Größe"] }));

    private static readonly Gen<byte[]> SomeNodes = Gen.Select(Gen.Int[0, 300], Labels, Properties)
        .List[16, 120].Where(list => list.Sum(one => one.Item1 + 1) < BlockKey.RangeLength)
        .Select(list =>
        {
            var id = Nodes.FirstId - 1;
            return ElementBytes.Join([.. list.Select(one => ElementBytes.Node(id += one.Item1 + 1, one.Item2, one.Item3))]);
        });

    private static readonly Gen<byte[]> SomeRelationships = Gen.Select(Gen.Long[0, 1L << 41], Gen.Long[0, 300], Labels, Properties)
        .List[16, 120].Select(list =>
        {
            var id = Relationships.FirstId - 1;
            return ElementBytes.Join([.. list.Select(one => ElementBytes.Relationship(
                id += 2, one.Item1, one.Item2, one.Item3.Length == 0 ? "T" : one.Item3[0], one.Item4))]);
        });

    [Fact]
    public void Any_nodes_come_back_byte_for_byte() => RoundTripAll(Nodes, SomeNodes);

    [Fact]
    public void Any_relationships_come_back_byte_for_byte() => RoundTripAll(Relationships, SomeRelationships);

    [Theory]
    [InlineData(0L)]
    [InlineData(127L)]
    [InlineData(32_767L)]
    [InlineData(2_147_483_647L)]
    [InlineData(1L << 40)]
    public void Ids_of_every_width_come_back(long around)
    {
        var key = new BlockKey(BlockKind.Nodes, around / BlockKey.RangeLength * BlockKey.RangeLength, 0);
        var first = Math.Max(key.FirstId, around - 20);
        var ids = Enumerable.Range(0, 20).Select(i => first + i).Where(id => id < key.FirstId + BlockKey.RangeLength);
        Assert.True(RoundTrip(key, ElementBytes.Join([.. ids.Concat([key.FirstId + BlockKey.RangeLength - 1]).Distinct()
            .Select(id => ElementBytes.Node(id, ["Person"], ("name", "a name, the same for all")))])));
    }

    [Fact]
    public void What_is_built_from_the_page_can_be_read()
    {
        // docs/archive.md, "Columns": two nodes, [0, ["A"], {"k": 1}] and [5, ["A"], {"k": 256}].
        byte[] step = [0x91, 0x81, 0x41, 0xA1, 0x81, 0x6B];
        byte[] form =
        [
            2, // elements
            1, 0, 1, 6, .. step, // one step, the first, with the first column behind it
            1, 1, // one shape, which ends with it
            2, // bytes of gaps
            1, 2, 0, 2, 0, 0, 0, // one column: two markers, one number of two bytes
            0, 0, 0, 0, // both have shape 0
            0, 4, // gaps
            0x01, 0xC9, // markers
            0x01, 0x00, // the planes of 256
        ];
        byte[] content = [0x93, 0, .. step, 0x01, 0x93, 5, .. step, 0xC9, 0x01, 0x00];
        var read = new byte[content.Length];
        Assert.True(Read(new BlockKey(BlockKind.Nodes, 0, 0), form, read));
        Assert.Equal(content, read);
    }

    [Fact]
    public void Columns_that_are_cut_elsewhere_digest_like_their_content()
    {
        // Two nodes, [0, ["A"], {"k": 1}] and [1, ["A"], {"k": 2}], or of another key in the second.
        byte[] tokens = [0x91, 0x81, 0x41];
        byte[] map = [0xA1, 0x81, 0x6B];
        byte[] counts = [2, 0, 0, 0, 0, 0];

        // As it is usually; the whole map as value; the key before the value, in a step of its own; no columns at all.
        byte[] usual = [2, 1, 0, 1, 6, .. tokens, .. map, 1, 1, 2, 1, .. counts, 0, 0, 0, 0, 0, 0, 0x01, 0x02];
        byte[] maps =
        [
            2, 1, 0, 1, 3, .. tokens, 1, 1, 2, 1, 2, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0xA1, 0xA1,
            .. map, 0x01, 0xA1, 0x81, 0x78, 0x02,
        ];
        byte[] apart =
            [2, 2, 0, 0, 3, .. tokens, 1, 1, 3, .. map, 1, 2, 2, 1, .. counts, 0, 0, 0, 0, 0, 0, 0x01, 0x02];
        byte[] whole = [2, 1, 0, 0, 7, .. tokens, .. map, 0x01, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0];
        foreach (var form in new[] { usual, maps, apart, whole })
        {
            var key = new BlockKey(BlockKind.Nodes, 0, 0);
            var content = new byte[2 * (2 + tokens.Length + map.Length + 1)];
            var layout = new ContentLayout();
            Assert.True(Read(key, form, content, layout));
            Assert.NotEmpty(layout.Shapes);
            Assert.Equal(Fingerprint(key, content, null), Fingerprint(key, content, layout));
        }
    }

    [Fact]
    public void Blocks_of_elements_are_stored_so_and_read_so()
    {
        var content = Alike(1000);
        using var block = EncodedBlock.Encode(Nodes, 1000, content, 1);
        Assert.Equal(BlockFlags.Compressed | BlockFlags.Columns, block.Entry.Flags);
        using var plain = EncodedBlock.Encode(Nodes, 1, content, 1);
        Assert.Equal(BlockFlags.Compressed, plain.Entry.Flags);
        Assert.True(block.Entry.StoredLength < plain.Entry.StoredLength);
    }

    [Fact]
    public void What_is_no_list_of_elements_has_no_columns()
    {
        var content = Alike(100);
        Assert.False(TryWrite(Nodes, 99, content, out _)); // not as many as are said
        Assert.False(TryWrite(Nodes, 101, content, out _));
        Assert.False(TryWrite(Relationships, 100, content, out _));
        Assert.False(TryWrite(new BlockKey(BlockKind.Nodes, 0, 0), 100, content, out _)); // of another range
        Assert.False(TryWrite(Nodes, 100, content.AsSpan(0, content.Length - 1).ToArray(), out _));
        Assert.False(TryWrite(Nodes, 100, [.. content, 0xFF], out _));
        // An id in more bytes than it needs could not be made again.
        var longer = content.ToList();
        Assert.Equal(0xCA, longer[1]);
        longer[1] = 0xCB;
        longer.InsertRange(2, [0, 0, 0, 0]);
        Assert.False(TryWrite(Nodes, 100, [.. longer], out _));
    }

    [Fact]
    public void More_keys_than_there_may_be_columns_are_stored_plainly()
    {
        var nodes = Enumerable.Range(0, 1100)
            .Select(i => ElementBytes.Node(Nodes.FirstId + i, ["A"], ($"key{i}", "the same value for every one of them")));
        var content = ElementBytes.Join([.. nodes]);
        Assert.False(TryWrite(Nodes, 1100, content, out _));
        using var block = EncodedBlock.Encode(Nodes, 1100, content, 1);
        Assert.Equal(BlockFlags.Compressed, block.Entry.Flags);
    }

    [Fact]
    public void The_writer_keeps_nothing_of_the_block_before()
    {
        var writer = new ColumnWriter();
        using var first = new NativeBuffer();
        using var again = new NativeBuffer();
        Assert.True(writer.TryWrite(Nodes, 100, Alike(100), first));
        Gen.Select(SomeNodes, SomeRelationships).Sample((nodes, relationships) =>
        {
            writer.TryWrite(Nodes, ElementEnds(nodes).Count, nodes, again);
            writer.TryWrite(Relationships, ElementEnds(relationships).Count, relationships, again);
            Assert.True(writer.TryWrite(Nodes, 100, Alike(100), again));
            Assert.True(first.Written.SequenceEqual(again.Written));
        }, iter: 50, threads: 1);
    }

    [Fact]
    public void Forms_that_are_none_are_refused_without_harm()
    {
        var content = Alike(100);
        Assert.True(TryWrite(Nodes, 100, content, out var form));
        var room = new byte[content.Length];
        for (var length = 0; length < form.Length; length++)
            Assert.False(Read(Nodes, form[..length], room));
        Assert.False(Read(Nodes, [.. form, 0], room));
        Assert.False(Read(Nodes, form, new byte[content.Length - 1]));
        Assert.False(Read(Nodes, form, new byte[content.Length + 1]));
        Gen.Select(Gen.Int[0, form.Length - 1], Gen.Byte.Array[1, 8]).Sample((at, patch) =>
        {
            var bytes = (byte[])form.Clone();
            patch.AsSpan(0, Math.Min(patch.Length, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
            // Either it is refused or something of the right length comes out, which its hash then tells from the content.
            Read(Nodes, bytes, new byte[content.Length]);
        }, iter: 20_000);
    }

    [Theory]
    [InlineData(1, 0, true)] // a byte and no column
    [InlineData(0, 1, true)] // no byte and a column
    [InlineData(0, 0, false)]
    public void A_step_that_puts_nothing_is_refused(int length, int column, bool read)
    {
        // One node of two steps: [0, ["A"], {}] but for the last byte, which is the second step's or a value.
        byte[] second = [1, (byte)column, (byte)length, .. new byte[] { 0xA0 }.AsSpan(0, length)];
        byte[] first = [0x91, 0x81, 0x41];
        byte[] form =
        [
            1, 2, 0, 0, 3, .. first, .. second, 1, 2, 1, 1, (byte)column, 0, 0, 0, 0, 0, 0, 0, 0,
            .. new byte[] { 0xA0 }.AsSpan(0, column),
        ];
        Assert.Equal(read, Read(new BlockKey(BlockKind.Nodes, 0, 0), form, new byte[5 + length + column]));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void Numbers_come_together_from_their_planes(int width) =>
        // Up to three times the sixteen numbers that are joined at once, and some more.
        Gen.Byte.Array[0, 55 * width].Sample(bytes =>
        {
            var count = bytes.Length / width;
            var planes = bytes.AsSpan(0, count * width).ToArray();
            var numbers = new byte[planes.Length];
            BytePlanes.Join(planes, width, numbers);
            for (var i = 0; i < planes.Length; i++)
                Assert.Equal(planes[(i % width * count) + (i / width)], numbers[i]);
        });

    private static byte[] Alike(int count) => ElementBytes.Join([.. Enumerable.Range(0, count).Select(i => ElementBytes.Node(
        Nodes.FirstId + i, ["Person"], ("name", $"name {i}"), ("age", (long)(i * 77)), ("score", i / 7.0)))]);

    private static void RoundTripAll(BlockKey key, Gen<byte[]> contents)
    {
        var (all, columns) = (0, 0);
        contents.Sample(content =>
        {
            Interlocked.Increment(ref all);
            if (RoundTrip(key, content))
                Interlocked.Increment(ref columns);
        }, iter: 300);
        // Odd elements that have little in common may take more bytes as columns; most of these here do not.
        Assert.True(columns > all / 2, $"{columns} of {all} had columns.");
    }

    /// <summary>False where columns would not be shorter.</summary>
    private static bool RoundTrip(BlockKey key, byte[] content)
    {
        if (!TryWrite(key, ElementEnds(content).Count, content, out var form))
            return false;
        var back = new byte[content.Length];
        var layout = new ContentLayout();
        Assert.True(Read(key, form, back, layout));
        Assert.Equal(Convert.ToHexString(content), Convert.ToHexString(back));
        Assert.Equal(Fingerprint(key, content, null), Fingerprint(key, content, layout));
        Assert.Equal(ElementEnds(content), layout.ElementEnds.ToArray());
        return true;
    }

    private static List<int> ElementEnds(byte[] content)
    {
        var ends = new List<int>();
        for (var reader = new PackStreamReader(content); !reader.AtEnd;)
        {
            reader.Skip();
            ends.Add(reader.Position);
        }
        return ends;
    }

    /// <summary>Reads into the middle of other bytes, and sees that these are left alone.</summary>
    internal static bool Read(BlockKey key, byte[] form, byte[] content, ContentLayout? layout = null)
    {
        const int Around = 64;
        var all = new byte[Around + content.Length + Around];
        all.AsSpan().Fill(0xEE);
        using var room = new NativeBuffer();
        var read = ColumnReader.TryRead(key, form.ToArray(), room, all.AsSpan(Around, content.Length), layout);
        Assert.Equal(-1, all.AsSpan(0, Around).IndexOfAnyExcept((byte)0xEE));
        Assert.Equal(-1, all.AsSpan(Around + content.Length).IndexOfAnyExcept((byte)0xEE));
        all.AsSpan(Around, content.Length).CopyTo(content);
        return read;
    }

    internal static string Fingerprint(BlockKey key, byte[] content, ContentLayout? layout)
    {
        var digest = new GraphDigest();
        if (key.Kind == BlockKind.Nodes)
            digest.AddNodes(key, content, layout);
        digest.CompleteNodes();
        if (key.Kind == BlockKind.Relationships)
            digest.AddRelationships(key, content, layout);
        var counts = digest.CompleteCounts();
        var labels = counts.NodesByLabel.Concat(counts.RelationshipsByType).Select(static one => $"{one.Key} {one.Value}");
        return $"{digest.Fingerprint} {string.Join(", ", labels)}";
    }

    private static bool TryWrite(BlockKey key, int count, byte[] content, out byte[] form)
    {
        using var destination = new NativeBuffer();
        var written = new ColumnWriter().TryWrite(key, count, content, destination);
        form = written ? destination.Written.ToArray() : [];
        return written;
    }

    private static object? Box<T>(T value) => value;
}
