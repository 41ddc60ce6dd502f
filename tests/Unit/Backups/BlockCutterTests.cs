using CsCheck;
using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Backups;

public class BlockCutterTests
{
    [Fact]
    public void The_same_content_gives_the_same_parts_whatever_rows_it_came_in()
    {
        // Parts have 4 MiB: smaller elements are gathered, larger ones stand alone, with their own buffer where they
        // came alone.
        var gen = Gen.Select(
            Gen.OneOf(Gen.Int[1, 2_000_000], Gen.Int[4_000_000, 5_000_000]).Array[1, 9], Gen.Int[1, 6].Array[1, 9]);
        gen.Sample((sizes, rows) =>
        {
            var elements = sizes.Select(static (size, i) => ElementBytes.Node(i * 3, ["L"], ("v", new byte[size]))).ToArray();
            var byOne = Cut(elements.Select(static e => new[] { e }));
            var byRows = Cut(InRows(elements, rows));
            Assert.Equal(byOne, byRows, static (a, b) =>
                a.Key == b.Key && a.Count == b.Count && a.Content.AsSpan().SequenceEqual(b.Content));
            Assert.True(ElementBytes.Join(elements).AsSpan()
                .SequenceEqual(ElementBytes.Join([.. byOne.Select(static p => p.Content)])));
            Assert.All(byOne, static part => Assert.True(part.Count == 1 || part.Content.Length <= BlockCutter.PartBytes));
        }, iter: 20);
    }

    [Fact]
    public void An_element_larger_than_a_part_stands_alone()
    {
        var parts = Cut([[ElementBytes.Node(0), ElementBytes.Node(1, [], ("v", new byte[6 << 20])), ElementBytes.Node(2)]]);

        Assert.Equal([1, 1, 1], parts.Select(static p => p.Count));
        Assert.Equal([0, 1, 2], parts.Select(static p => p.Key.Part));
    }

    [Fact]
    public void A_server_that_repeats_an_id_is_caught() =>
        Assert.Equal(GrapCondition.ProtocolViolation, Assert.Throws<GrapException>(
            () => Cut([[ElementBytes.Node(4), ElementBytes.Node(4)]])).Condition);

    [Fact]
    public void Nodes_of_the_projection_and_what_is_tied_to_them_are_left_out()
    {
        var filter = new ProjectionFilter();
        var repository = ("grap_repository", (object?)Guid.NewGuid().ToString());
        byte[][] users =
        [
            ElementBytes.Node(0, ["AuditLogEntry"], repository),
            ElementBytes.Node(2, ["GrapProjection"]),
            ElementBytes.Node(3, ["GrapProjection"], ("grap_repository", "ours")),
        ];
        var nodes = Cut(
            [[users[0], ElementBytes.Node(1, ["AuditLogEntry", "GrapProjection"], ("id", "x"), repository), users[1], users[2]]],
            BlockKind.Nodes, filter);
        var relationships = Cut(
            [[ElementBytes.Relationship(0, 0, 1, "R"), ElementBytes.Relationship(1, 0, 2, "R")]], BlockKind.Relationships, filter);

        Assert.Equal(ElementBytes.Join(users), nodes.Single().Content);
        Assert.Equal(ElementBytes.Relationship(1, 0, 2, "R"), relationships.Single().Content);
        Assert.Equal((1, 1), (filter.Nodes, filter.Relationships));
    }

    [Fact]
    public void An_element_that_was_just_being_deleted_is_left_out()
    {
        // As 5.13.0 returns it: the relationship is found, and its type is gone.
        byte[] deleted = [0x95, 7, 0, 2, 0xC0, 0xA0];
        var parts = Cut(
            [[ElementBytes.Relationship(1, 0, 2, "R"), deleted, ElementBytes.Relationship(9, 0, 2, "R")], [[0x95, 11, 0, 2, 0xC0, 0xC0]]],
            BlockKind.Relationships);

        Assert.Equal(
            ElementBytes.Join(ElementBytes.Relationship(1, 0, 2, "R"), ElementBytes.Relationship(9, 0, 2, "R")),
            parts.Single().Content);
        Assert.Equal(2, parts.Single().Count);
    }

    private sealed record Part(BlockKey Key, int Count, byte[] Content);

    private static IEnumerable<byte[][]> InRows(byte[][] elements, int[] rows)
    {
        for (int at = 0, row = 0; at < elements.Length; row++)
        {
            var take = Math.Min(rows[row % rows.Length], elements.Length - at);
            yield return elements[at..(at + take)];
            at += take;
        }
    }

    private static List<Part> Cut(
        IEnumerable<byte[][]> rows, BlockKind kind = BlockKind.Nodes, ProjectionFilter? filter = null)
    {
        using var buffers = new BlockBuffers();
        var cutter = new BlockCutter(kind, buffers, filter);
        var parts = new List<Part>();
        cutter.Begin(0);
        foreach (var row in rows)
        {
            var bytes = ElementBytes.Join(row);
            if (row.Length == 1 && bytes.Length > BlockCutter.PartBytes)
            {
                Keep(cutter.Finish());
                var own = new NativeBuffer();
                own.Append([1, 2, 3]);
                own.Append(bytes);
                Keep(cutter.TakeWhole(own, 3));
                continue;
            }
            var position = 0;
            var remaining = row.Length;
            while (remaining > 0)
                Keep(cutter.Take(bytes, ref position, ref remaining));
            Assert.Equal(bytes.Length, position);
        }
        Keep(cutter.Finish());
        return parts;

        void Keep(RawBlock? block)
        {
            if (block is null)
                return;
            parts.Add(new Part(block.Key, block.Count, block.Content.ToArray()));
            buffers.Return(block.Buffer);
        }
    }
}
