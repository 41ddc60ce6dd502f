using Grap.Archives;
using Grap.Comparison;
using Grap.Graphs;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Comparison;

public class GraphComparerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_difference_of_two_random_graphs_applied_to_the_one_gives_the_other(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 200; round++)
        {
            var (present, wanted) = (ModelGraph.Random(random), ModelGraph.Random(random));

            var plan = await PlanAsync(present, wanted);

            Apply(present.Nodes, plan.DeletedNodes, plan.ChangedNodes, plan.CreatedNodes);
            Apply(present.Relationships, plan.DeletedRelationships, plan.ChangedRelationships, plan.CreatedRelationships);
            Assert.Equal(wanted.Nodes, present.Nodes);
            Assert.Equal(wanted.Relationships, present.Relationships);
            Assert.True((await CompareAsync(present, wanted)).Equal);
        }
    }

    [Fact]
    public async Task Elements_that_differ_only_in_the_order_of_labels_and_properties_are_equal()
    {
        var (one, other) = (new ModelGraph(), new ModelGraph());
        one.Nodes[7] = ElementBytes.Node(7, ["A", "B"], ("p", 1L), ("q", 2L));
        other.Nodes[7] = ElementBytes.Node(7, ["B", "A"], ("q", 2L), ("p", 1L));

        Assert.True((await CompareAsync(one, other)).Equal);
    }

    // A node that went and came again elsewhere, one whose id another has now, and the relationship between them.
    [Theory]
    [InlineData(3L, true)]
    [InlineData(4L, false)]
    public async Task Elements_that_were_made_anew_are_remarked_where_everything_else_agrees(long value, bool remarked)
    {
        var (one, other) = (new ModelGraph(), new ModelGraph());
        one.Nodes[1] = ElementBytes.Node(1, ["A"], ("p", 1L));
        one.Nodes[2] = ElementBytes.Node(2, ["B"], ("p", 3L));
        one.Relationships[1] = ElementBytes.Relationship(1, 1, 2, "T");
        other.Nodes[2] = ElementBytes.Node(2, ["A"], ("p", 1L));
        other.Nodes[9] = ElementBytes.Node(9, ["B"], ("p", value));
        other.Relationships[5] = ElementBytes.Relationship(5, 2, 9, "T");

        var found = await CompareAsync(one, other);
        var explained = await GraphComparer.ExplainAsync(found, one, other, null, Cancellation);

        Assert.Equal(new ChangeCounts(1, 1, 1), found.Nodes);
        Assert.Null(found.Remark);
        Assert.Equal(found with { Remark = explained.Remark }, explained);
        Assert.Equal(remarked, explained.Remark is not null);
        if (remarked)
            Assert.Contains("1 nodes and 1 relationships were made anew", explained.Remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_difference_of_content_alone_takes_no_second_reading()
    {
        var (one, other) = (new ModelGraph(), new ModelGraph());
        one.Nodes[1] = ElementBytes.Node(1, ["A"], ("p", 1L));
        other.Nodes[1] = ElementBytes.Node(1, ["A"], ("p", 2L));
        var found = await CompareAsync(one, other);
        one.Read.Clear();
        Assert.Same(found, await GraphComparer.ExplainAsync(found, one, other, null, Cancellation));
        Assert.Empty(one.Read);
    }

    [Fact]
    public async Task Ranges_with_the_same_hash_are_not_read()
    {
        var (one, other) = (new ModelGraph { KnowsHashes = true }, new ModelGraph { KnowsHashes = true });
        foreach (var graph in new[] { one, other })
        {
            graph.Nodes[1] = ElementBytes.Node(1, ["A"]);
            graph.Nodes[70_000] = ElementBytes.Node(70_000, ["A"], ("p", graph == one ? 1L : 2L));
            graph.Relationships[3] = ElementBytes.Relationship(3, 1, 1, "T");
        }
        other.Nodes[140_000] = ElementBytes.Node(140_000, ["A"]);

        Assert.Equal(new ChangeCounts(1, 0, 1), (await CompareAsync(one, other)).Nodes);
        Assert.Equal([(BlockKind.Nodes, 65_536)], one.Read);
        Assert.Equal([(BlockKind.Nodes, 65_536), (BlockKind.Nodes, 131_072)], other.Read.Order());

        // And where one of the two is not known, all are.
        Assert.Equal(new ChangeCounts(0, 1, 1), (await CompareAsync(other, new ModelGraph { Nodes = one.Nodes, Relationships = one.Relationships })).Nodes);
    }

    [Fact]
    public async Task Changes_are_counted_by_label_and_type()
    {
        var (one, other) = (new ModelGraph(), new ModelGraph());
        one.Nodes[1] = ElementBytes.Node(1, ["A"], ("p", 1L));
        one.Nodes[2] = ElementBytes.Node(2, ["B"]);
        other.Nodes[1] = ElementBytes.Node(1, ["A", "C"], ("p", 1L));
        other.Relationships[9] = ElementBytes.Relationship(9, 1, 1, "T");

        var difference = await CompareAsync(one, other);

        Assert.False(difference.Equal);
        Assert.Equal(new ChangeCounts(0, 1, 1), difference.Nodes);
        Assert.Equal(new ChangeCounts(0, 0, 1), difference.NodesByLabel["A"]);
        Assert.Equal(new ChangeCounts(0, 1, 0), difference.NodesByLabel["B"]);
        Assert.Equal(new ChangeCounts(0, 0, 1), difference.NodesByLabel["C"]);
        Assert.Equal(new ChangeCounts(1, 0, 0), difference.RelationshipsByType["T"]);
    }

    [Fact]
    public async Task A_relationship_whose_id_was_used_again_is_removed_and_added()
    {
        var (one, other) = (new ModelGraph(), new ModelGraph());
        one.Relationships[5] = ElementBytes.Relationship(5, 1, 2, "T");
        other.Relationships[5] = ElementBytes.Relationship(5, 2, 1, "T");

        Assert.Equal(new ChangeCounts(1, 1, 0), (await CompareAsync(one, other)).Relationships);
    }

    [Fact]
    public async Task Graphs_of_different_databases_are_compared_by_fingerprint_and_cannot_be_planned()
    {
        var one = new ModelGraph { DatabaseId = new Guid(1, 0, 0, new byte[8]) };
        var other = new ModelGraph { DatabaseId = new Guid(2, 0, 0, new byte[8]) };
        one.Nodes[1] = ElementBytes.Node(1, ["A"], ("p", 1L));
        other.Nodes[2] = ElementBytes.Node(2, ["A"], ("p", 1L));

        var difference = await CompareAsync(one, other);

        Assert.Equal((ComparisonBasis.Fingerprint, true), (difference.Basis, difference.Equal));
        var refused = await Assert.ThrowsAsync<GrapException>(() => PlanAsync(one, other));
        Assert.Equal(GrapCondition.NotSupported, refused.Condition);
    }

    [Fact]
    public async Task A_change_is_decoded_with_the_properties_that_differ()
    {
        var (one, other) = (new ModelGraph(), new ModelGraph());
        one.Nodes[1] = ElementBytes.Node(1, ["A"], ("same", "x"), ("was", 1L), ("gone", true));
        other.Nodes[1] = ElementBytes.Node(1, ["B"], ("same", "x"), ("was", 2L));
        var seen = new List<ElementDifference>();

        await new GraphComparer().CompareAsync(one, other, change =>
        {
            seen.Add(ElementDifference.From(change));
            return ValueTask.CompletedTask;
        }, null, Cancellation);

        var changed = Assert.Single(seen);
        Assert.Equal(["B"], changed.LabelsAdded);
        Assert.Equal(["A"], changed.LabelsRemoved);
        Assert.Equal(
            [new PropertyDifference("gone", true, null), new PropertyDifference("was", 1L, 2L)], changed.Properties);
    }

    [Fact]
    public async Task A_plan_that_outgrows_its_memory_says_so()
    {
        var (one, other) = (new ModelGraph(), new ModelGraph());
        other.Nodes[1] = ElementBytes.Node(1, ["A"], ("p", new string('x', 100)));

        var plan = await DifferencePlan.MakeAsync(one, other, 50, new GraphComparer(), null, Cancellation);

        Assert.False(plan.IsComplete);
        Assert.Equal(1, plan.Difference.Nodes.Added);
    }

    [Fact]
    public async Task A_source_that_fails_fails_the_comparison()
    {
        var one = new ModelGraph();
        one.Nodes[1] = [0xFF];

        await Assert.ThrowsAnyAsync<Exception>(() => CompareAsync(one, new ModelGraph()));
    }

    [Fact]
    public async Task A_source_has_its_memory_back_only_when_nobody_looks_at_it_any_more()
    {
        var (one, other) = (new ModelGraph(), new ModelGraph());
        one.Nodes[1] = ElementBytes.Node(1, ["A"]);
        using var stop = new CancellationTokenSource();
        var told = false;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new GraphComparer().CompareAsync(
            one, other, async _ =>
            {
                await stop.CancelAsync();
                await Task.Delay(50, Cancellation);
                Assert.Equal(1, one.Lent);
                told = true;
            }, null, stop.Token));

        Assert.True(told);
        Assert.Equal(0, one.Lent);
    }

    private static Task<GraphDifference> CompareAsync(IGraphSource one, IGraphSource other) =>
        new GraphComparer().CompareAsync(one, other, null, null, Cancellation);

    private static Task<DifferencePlan> PlanAsync(IGraphSource present, IGraphSource wanted) =>
        DifferencePlan.MakeAsync(present, wanted, long.MaxValue, new GraphComparer(), null, Cancellation);

    private static void Apply(
        SortedDictionary<long, byte[]> elements, IEnumerable<PlannedChange> deleted, IEnumerable<PlannedChange> changed,
        IEnumerable<PlannedChange> created)
    {
        foreach (var change in deleted)
            Assert.True(elements.Remove(change.Id));
        foreach (var change in changed)
        {
            Assert.Equal(elements[change.Id], change.Before.ToArray());
            elements[change.Id] = change.After.ToArray();
        }
        foreach (var change in created)
            elements.Add(change.Id, change.After.ToArray());
    }
}
