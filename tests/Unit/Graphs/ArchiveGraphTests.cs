using Grap.Archives;
using Grap.Graphs;
using Grap.Tests.Unit.Archives;
using Xunit;

namespace Grap.Tests.Unit.Graphs;

public class ArchiveGraphTests
{
    private static readonly BlockKey s_first = new(BlockKind.Nodes, 0, 0);
    private static readonly BlockKey s_second = new(BlockKind.Nodes, 0, 1);

    [Fact]
    public async Task The_hash_of_a_range_is_that_of_its_content_in_its_order_and_of_nothing_else()
    {
        var (one, other) = (SmallArchive.Content(300), SmallArchive.Content(300, 3));
        // How blocks are stored, where, and how many elements they say they hold is not content.
        var hash = await HashAsync(
            (s_first, 1, one), (s_second, 2, other), (new BlockKey(BlockKind.Relationships, 0, 0), 1, one));
        Assert.Equal(hash, await HashAsync((s_second, 3, other), (s_first, 1, one)));

        Assert.NotEqual(hash, await HashAsync((s_first, 1, other), (s_second, 2, one)));
        Assert.NotEqual(hash, await HashAsync((s_first, 1, one)));
        Assert.NotEqual(hash, await HashAsync((s_first, 1, one), (s_second, 2, other[..^1])));
        for (var at = 0; at < one.Length; at++)
        {
            var changed = one.ToArray();
            changed[at] ^= 1;
            Assert.NotEqual(hash, await HashAsync((s_first, 1, changed), (s_second, 2, other)));
        }
    }

    private static async Task<UInt128?> HashAsync(params (BlockKey, int, byte[])[] blocks)
    {
        await using var graph = new ArchiveGraph(SmallArchive.Open(SmallArchive.Write(blocks)));
        return graph.HashOf(BlockKind.Nodes, 0);
    }
}
