using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using CsCheck;
using Grap.Archives;
using Grap.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Graphs;

public class GraphDigestTests
{
    private static readonly BlockKey s_nodes = new(BlockKind.Nodes, 0, 0);
    private static readonly BlockKey s_relationships = new(BlockKind.Relationships, 0, 0);

    [Fact]
    public void Equal_graphs_have_equal_fingerprints_whatever_their_ids_and_order()
    {
        var one = Digest(
            [ElementBytes.Node(1, ["A"], ("x", 1L)), ElementBytes.Node(2, ["B", "A"], ("y", "é"), ("x", 2L))],
            [ElementBytes.Relationship(7, 1, 2, "R", ("w", 0.5), ("v", true))]);
        var other = Digest(
            [ElementBytes.Node(10, ["A", "B"], ("x", 2L), ("y", "é")), ElementBytes.Node(900, ["A"], ("x", 1L))],
            [ElementBytes.Relationship(3, 900, 10, "R", ("v", true), ("w", 0.5))]);

        Assert.Equal(one.Fingerprint, other.Fingerprint);
    }

    [Theory]
    [InlineData("label")]
    [InlineData("value")]
    [InlineData("key")]
    [InlineData("type")]
    [InlineData("direction")]
    [InlineData("value type")]
    [InlineData("one more relationship")]
    [InlineData("property moved to the neighbour")]
    public void Different_graphs_have_different_fingerprints(string change)
    {
        var different = change switch
        {
            "label" => Pair("B", "x", 1L, "R"),
            "value" => Pair("A", "x", 2L, "R"),
            "key" => Pair("A", "y", 1L, "R"),
            "type" => Pair("A", "x", 1L, "S"),
            "direction" => Pair("A", "x", 1L, "R", flip: true),
            "value type" => Pair("A", "x", 1.0, "R"),
            "one more relationship" => Digest(
                [ElementBytes.Node(1, ["A"], ("x", 1L)), ElementBytes.Node(2)],
                [ElementBytes.Relationship(0, 1, 2, "R"), ElementBytes.Relationship(1, 1, 2, "R")]),
            _ => Digest(
                [ElementBytes.Node(1, ["A"]), ElementBytes.Node(2, [], ("x", 1L))], [ElementBytes.Relationship(0, 1, 2, "R")]),
        };

        Assert.NotEqual(Pair("A", "x", 1L, "R").Fingerprint, different.Fingerprint);
    }

    [Fact]
    public void Counts_are_by_label_and_type_and_a_node_counts_for_each_of_its_labels()
    {
        var counts = Digest(
            [ElementBytes.Node(0, ["A", "B"]), ElementBytes.Node(1, ["A"]), ElementBytes.Node(2)],
            [ElementBytes.Relationship(0, 0, 1, "R"), ElementBytes.Relationship(1, 2, 2, "S"), ElementBytes.Relationship(2, 0, 1, "R")])
            .CompleteCounts();

        Assert.Equal((3, 3), (counts.Nodes, counts.Relationships));
        Assert.Equal([("A", 2L), ("B", 1L)], counts.NodesByLabel.Select(static p => (p.Key, p.Value)));
        Assert.Equal([("R", 2L), ("S", 1L)], counts.RelationshipsByType.Select(static p => (p.Key, p.Value)));
    }

    [Fact]
    public void A_relationship_without_its_endpoint_is_named()
    {
        var digest = Digest([ElementBytes.Node(1)], [ElementBytes.Relationship(5, 1, 2, "R")]);

        Assert.Equal([new MissingEndpoint(5, 2)], digest.Missing);
    }

    [Fact]
    public void An_id_that_occurs_twice_is_refused() => Refused("occurs twice", () =>
        Digest([ElementBytes.Node(1), ElementBytes.Node(1)], []));

    [Fact]
    public void Ids_that_fall_are_refused() => Refused("after id 2", () =>
        Digest([ElementBytes.Node(2), ElementBytes.Node(1)], []));

    [Fact]
    public void An_id_outside_the_blocks_range_is_refused() => Refused("id 65536", () =>
        Digest([ElementBytes.Node(65_536)], []));

    [Fact]
    public void Parts_of_one_range_that_overlap_are_refused() => Refused("overlap", () =>
    {
        var digest = new GraphDigest();
        digest.AddNodes(s_nodes, ElementBytes.Join(ElementBytes.Node(1), ElementBytes.Node(5)));
        digest.AddNodes(s_nodes with { Part = 1 }, ElementBytes.Node(5));
        digest.CompleteNodes();
    });

    [Fact]
    public void Every_node_is_found_again_whatever_the_gaps()
    {
        // Dense, gaps with many, gaps with few: the three ways a part keeps its ids.
        var gen = Gen.OneOf(
            Gen.Int[1, 300].Select(static n => Enumerable.Range(7, n)),
            Gen.Int[2, 5].Select(static step => Enumerable.Range(0, 65_536 / step).Select(i => i * step)),
            Gen.Int[0, 65_535].HashSet[1, 200].Select(static s => (IEnumerable<int>)s.Order()));
        gen.Sample(offsets =>
        {
            var ids = offsets.ToArray();
            var table = new NodeTable();
            table.Add(new BlockKey(BlockKind.Nodes, 131_072, 0), Array.ConvertAll(ids, static i => (ushort)i),
                Array.ConvertAll(ids, static i => (ulong)i * 3));
            table.Complete();
            var present = ids.ToHashSet();
            for (var i = 0; i < 65_536; i += 1 + (i % 3))
            {
                Assert.Equal(present.Contains(i), table.TryGet(131_072 + i, out var hash));
                Assert.Equal(present.Contains(i) ? (ulong)i * 3 : 0, hash);
            }
            Assert.False(table.TryGet(1, out _));
        }, iter: 30);
    }

    [Fact]
    public void Many_properties_in_any_order_hash_alike()
    {
        Gen.Int[0, 200].SelectMany(static n => Gen.Shuffle(Enumerable.Range(0, n).ToArray())).Sample(order =>
        {
            var shuffled = Array.ConvertAll(order, static i => ($"key{i}", (object?)(long)i));
            var sorted = Array.ConvertAll([.. order.Order()], static i => ($"key{i}", (object?)(long)i));
            Assert.Equal(
                Digest([ElementBytes.Node(1, ["L"], sorted)], []).Fingerprint,
                Digest([ElementBytes.Node(1, ["L"], shuffled)], []).Fingerprint);
        }, iter: 50);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200_000)]
    public void The_fingerprint_is_what_the_page_on_the_archive_says(int length)
    {
        var text = new string('x', length);
        var start = ElementBytes.Node(4, ["B", "A"], ("z", 1L), ("a", text));
        var end = ElementBytes.Node(9);
        var relationship = ElementBytes.Relationship(2, 4, 9, "R", ("z", 1L), ("a", text));

        // From docs/archive.md, "Fingerprint", by hand.
        byte[] a = [0x81, (byte)'A'], b = [0x81, (byte)'B'], r = [0x81, (byte)'R'];
        byte[] keyOfNumber = [0x81, (byte)'z'], keyOfText = [0x81, (byte)'a'];
        byte[] value = ElementBytes.Node(0, [], ("a", text))[6..];
        var properties = XxHash3.HashToUInt64([1], (long)XxHash3.HashToUInt64(keyOfNumber, 0))
            + XxHash3.HashToUInt64(value, (long)XxHash3.HashToUInt64(keyOfText, 0));
        var startHash = Hash(2, XxHash3.HashToUInt64(a, 1) + XxHash3.HashToUInt64(b, 1), properties);
        var endHash = Hash(2, 0, 0);
        var sum = startHash + endHash
            + Hash(3, XxHash3.HashToUInt64(r, 1), properties, (ulong)startHash, (ulong)endHash);

        Assert.Equal(sum.ToString("x32", CultureInfo.InvariantCulture), Digest([start, end], [relationship]).Fingerprint);

        static UInt128 Hash(long seed, params ulong[] parts)
        {
            var joined = new byte[8 * parts.Length];
            for (var i = 0; i < parts.Length; i++)
                BinaryPrimitives.WriteUInt64LittleEndian(joined.AsSpan(8 * i), parts[i]);
            return XxHash128.HashToUInt128(joined, seed);
        }
    }

    private static GraphDigest Pair(string label, string key, object value, string type, bool flip = false) => Digest(
        [ElementBytes.Node(1, [label], (key, value)), ElementBytes.Node(2)],
        [flip ? ElementBytes.Relationship(0, 2, 1, type) : ElementBytes.Relationship(0, 1, 2, type)]);

    private static GraphDigest Digest(byte[][] nodes, byte[][] relationships)
    {
        var digest = new GraphDigest();
        digest.AddNodes(s_nodes, ElementBytes.Join(nodes));
        digest.CompleteNodes();
        digest.AddRelationships(s_relationships, ElementBytes.Join(relationships));
        return digest;
    }

    private static void Refused(string why, Action act)
    {
        var refusal = Assert.Throws<GrapException>(act);
        Assert.Equal(GrapCondition.GraphInconsistent, refusal.Condition);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }
}
