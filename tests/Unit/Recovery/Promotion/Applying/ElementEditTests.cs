using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Comparison;
using Grap.Recovery.Promotion.Applying;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Recovery.Promotion.Applying;

public sealed class ElementEditTests
{
    [Fact]
    public void Only_what_differs_is_written_and_what_is_gone_is_written_as_null()
    {
        var edit = ElementEdit.Of(BlockKind.Nodes, new PlannedChange(
            7,
            ElementBytes.Node(7, ["A", "B"], ("same", 1L), ("was", 1L), ("gone", "x")),
            ElementBytes.Node(7, ["B", "C"], ("new", true), ("same", 1L), ("was", 2L))));

        Assert.Equal(["C"], edit.Added);
        Assert.Equal(["A"], edit.Removed);
        var properties = Assert.IsType<IReadOnlyDictionary<string, object?>>(
            new PackStreamReader(edit.Properties.Span).ReadValue(), exactMatch: false);
        Assert.Equal(
            new Dictionary<string, object?> { ["gone"] = null, ["new"] = true, ["was"] = 2L },
            properties.OrderBy(static p => p.Key).ToDictionary());
    }

    [Fact]
    public void A_value_of_another_type_differs_although_it_is_equal_as_a_number()
    {
        var edit = ElementEdit.Of(BlockKind.Relationships, new PlannedChange(
            7, ElementBytes.Relationship(7, 1, 2, "T", ("p", 1L)), ElementBytes.Relationship(7, 1, 2, "T", ("p", 1.0))));

        Assert.Equal(["p"], edit.KeysChanged);
        Assert.Empty(edit.Added);
    }
}
