using Grap.Archives;
using Grap.Recovery;
using Grap.Tests.Unit.Comparison;
using Grap.Tests.Unit.Graphs;
using Grap.Verification;
using Xunit;

namespace Grap.Tests.Unit.Verification;

/// <summary>Nodes 1, 2 and 3 were restored as 12, 11 and 70,000; 1 and 2 are twins, so that no fingerprint can tell
/// what hangs on which.</summary>
public sealed class RestoredComparisonTests : IAsyncDisposable
{
    private readonly ModelGraph _original = new();
    private readonly ModelGraph _restored = new();

    public RestoredComparisonTests()
    {
        foreach (var (id, became) in new[] { (1L, 12L), (2L, 11L) })
        {
            _original.Nodes[id] = ElementBytes.Node(id, ["Twin"], ("p", 1L));
            _restored.Nodes[became] = ElementBytes.Node(became, ["Twin"], ("p", 1L));
        }
        _original.Nodes[3] = ElementBytes.Node(3, ["A", "B"], ("p", 1L), ("q", "text"));
        _restored.Nodes[70_000] = ElementBytes.Node(70_000, ["B", "A"], ("q", "text"), ("p", 1L));
        // Two that are the same but for their ids, and a loop.
        _original.Relationships[5] = ElementBytes.Relationship(5, 1, 3, "R", ("w", 1L));
        _original.Relationships[6] = ElementBytes.Relationship(6, 1, 3, "R", ("w", 1L));
        _original.Relationships[7] = ElementBytes.Relationship(7, 2, 2, "R");
        _restored.Relationships[0] = ElementBytes.Relationship(0, 11, 11, "R");
        _restored.Relationships[1] = ElementBytes.Relationship(1, 12, 70_000, "R", ("w", 1L));
        _restored.Relationships[2] = ElementBytes.Relationship(2, 12, 70_000, "R", ("w", 1L));
    }

    public async ValueTask DisposeAsync()
    {
        await _original.DisposeAsync();
        await _restored.DisposeAsync();
    }

    [Fact]
    public async Task The_same_graph_with_other_ids_and_another_order_of_labels_and_properties_has_no_problems() =>
        Assert.Empty(await CompareAsync());

    [Fact]
    public async Task A_changed_property_is_named_with_its_node()
    {
        _restored.Nodes[12] = ElementBytes.Node(12, ["Twin"], ("p", 2L));

        Assert.Equal(["Node 1, restored as 12, has other labels or properties."], await CompareAsync());
    }

    [Fact]
    public async Task A_missing_label_is_named_with_its_node()
    {
        _restored.Nodes[70_000] = ElementBytes.Node(70_000, ["A"], ("p", 1L), ("q", "text"));

        Assert.Equal(["Node 3, restored as 70000, has other labels or properties."], await CompareAsync());
    }

    [Fact]
    public async Task A_missing_node_is_named()
    {
        _restored.Nodes.Remove(11);

        Assert.Equal(["Node 2 is not in the restored graph."], await CompareAsync());
    }

    [Fact]
    public async Task A_relationship_that_hangs_on_the_twin_of_its_node_is_named()
    {
        _restored.Relationships[0] = ElementBytes.Relationship(0, 11, 12, "R");

        Assert.Equal(
            [
                "Relationship 7 is not in the restored graph as it is in the backup.",
                "The restored graph has 1 relationships that the backup has not.",
            ],
            await CompareAsync());
    }

    [Fact]
    public async Task One_of_two_parallel_relationships_that_is_missing_is_noticed()
    {
        _restored.Relationships.Remove(2);

        Assert.Single(await CompareAsync(), static problem => problem.EndsWith(
            "is not in the restored graph as it is in the backup.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_relationship_written_twice_is_noticed()
    {
        _restored.Relationships[3] = ElementBytes.Relationship(3, 11, 11, "R");

        Assert.Equal(["The restored graph has 1 relationships that the backup has not."], await CompareAsync());
    }

    [Fact]
    public async Task A_relationship_with_its_ends_exchanged_is_named()
    {
        _restored.Relationships[2] = ElementBytes.Relationship(2, 70_000, 12, "R", ("w", 1L));

        Assert.Equal(2, (await CompareAsync()).Count);
    }

    [Fact]
    public async Task Of_many_that_differ_the_first_are_named_and_the_others_counted()
    {
        for (var id = 100L; id < 125; id++)
        {
            _original.Nodes[id] = ElementBytes.Node(id, ["Lost"]);
            _original.Relationships[id] = ElementBytes.Relationship(id, 1, 3, "LOST");
        }
        _restored.Relationships[3] = ElementBytes.Relationship(3, 11, 11, "EXTRA");

        var problems = await CompareAsync();

        Assert.Equal(20, problems.Count(static problem => problem.EndsWith("is not in the restored graph.", StringComparison.Ordinal)));
        Assert.Equal(20, problems.Count(static problem => problem.EndsWith("as it is in the backup.", StringComparison.Ordinal)));
        Assert.Contains("5 more nodes differ.", problems);
        Assert.Contains("5 more relationships of the backup are not in the restored graph.", problems);
        Assert.Equal("The restored graph has 1 relationships that the backup has not.", problems[^1]);
    }

    [Fact]
    public async Task Relationships_of_more_nodes_than_are_looked_at_are_said_to_differ()
    {
        var ids = Enumerable.Range(0, 23).Select(static n => (ushort)n).ToArray();
        await using var original = new ModelGraph();
        await using var restored = new ModelGraph();
        foreach (var id in ids)
        {
            original.Nodes[id] = restored.Nodes[id] = ElementBytes.Node(id);
            original.Relationships[id] = ElementBytes.Relationship(id, id, id, "LOST");
        }
        var same = new NodeIds();
        same.Add(new BlockKey(BlockKind.Nodes, 0, 0), ids, [.. ids.Select(static id => (ulong)id)]);
        same.Complete();

        var (problems, _) = await new RestoredComparison(original, restored, same)
            .RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(21, problems.Count);
        Assert.StartsWith("Relationships of 3 more groups of nodes", problems[^1], StringComparison.Ordinal);
        foreach (var (id, relationship) in original.Relationships)
            restored.Relationships[id] = relationship;
        Assert.Empty((await new RestoredComparison(original, restored, same)
            .RunAsync(TestContext.Current.CancellationToken)).Problems);
    }

    private async Task<IReadOnlyList<string>> CompareAsync()
    {
        var ids = new NodeIds();
        ids.Add(new BlockKey(BlockKind.Nodes, 0, 0), [1, 2, 3], [12, 11, 70_000]);
        ids.Complete();
        var (problems, _) = await new RestoredComparison(_original, _restored, ids)
            .RunAsync(TestContext.Current.CancellationToken);
        return problems;
    }
}
