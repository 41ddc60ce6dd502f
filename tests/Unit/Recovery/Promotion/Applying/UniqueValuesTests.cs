using Grap.Archives;
using Grap.Comparison;
using Grap.Graphs;
using Grap.Recovery.Promotion.Applying;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Recovery.Promotion.Applying;

public sealed class UniqueValuesTests
{
    private static readonly GraphConstraint s_one = Unique("one", "A", "p");
    private static readonly GraphConstraint s_pair = Unique("pair", "A", "p", "q");

    [Fact]
    public void A_unique_value_that_changes_is_let_go_of() => Assert.Equal(["p"], Released(
        [s_one], ElementBytes.Node(1, ["A"], ("p", 1L)), ElementBytes.Node(1, ["A"], ("p", 2L))));

    [Fact]
    public void A_value_that_stays_is_kept_and_so_is_one_that_is_not_unique()
    {
        Assert.Empty(Released(
            [s_one], ElementBytes.Node(1, ["A"], ("p", 1L)), ElementBytes.Node(1, ["A"], ("p", 1L), ("q", 1L))));
        Assert.Empty(Released(
            [s_one], ElementBytes.Node(1, ["B"], ("p", 1L)), ElementBytes.Node(1, ["B"], ("p", 2L))));
    }

    [Fact]
    public void Of_several_keys_one_that_changes_is_let_go_of_never_one_that_stays() => Assert.Equal(["q"], Released(
        [s_pair], ElementBytes.Node(1, ["A"], ("p", 1L), ("q", 1L)), ElementBytes.Node(1, ["A"], ("p", 1L), ("q", 2L))));

    [Fact]
    public void Half_of_a_pair_holds_nothing() => Assert.Empty(Released(
        [s_pair], ElementBytes.Node(1, ["A"], ("p", 1L)), ElementBytes.Node(1, ["A"], ("p", 2L), ("q", 2L))));

    [Fact]
    public void A_label_under_which_a_value_is_held_is_lost_first()
    {
        var edit = Edit(ElementBytes.Node(1, ["A", "B"], ("p", 1L)), ElementBytes.Node(1, ["B"], ("p", 1L)));
        var values = new UniqueValues([s_one]);
        Assert.Empty(values.Released(BlockKind.Nodes, edit));
        Assert.True(values.LosesLabel(BlockKind.Nodes, edit));
        Assert.False(new UniqueValues([Unique("other", "B", "p")]).LosesLabel(BlockKind.Nodes, edit));
    }

    private static IReadOnlyList<string> Released(GraphConstraint[] constraints, byte[] before, byte[] after) =>
        new UniqueValues(constraints).Released(BlockKind.Nodes, Edit(before, after));

    private static ElementEdit Edit(byte[] before, byte[] after) =>
        ElementEdit.Of(BlockKind.Nodes, new PlannedChange(1, before, after));

    private static GraphConstraint Unique(string name, string label, params string[] properties) => new()
    {
        Name = name,
        Type = "UNIQUENESS",
        EntityType = "NODE",
        LabelsOrTypes = [label],
        Properties = properties,
    };
}
