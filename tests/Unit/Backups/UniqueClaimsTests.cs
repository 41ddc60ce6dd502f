using Grap.Backups;
using Grap.Graphs;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Backups;

public class UniqueClaimsTests
{
    [Fact]
    public void Of_elements_that_claim_one_value_the_one_read_last_keeps_it()
    {
        var conflicts = Find(["x"],
            ElementBytes.Node(1, ["A"], ("x", 7L)), ElementBytes.Node(2, ["A"], ("x", 8L)),
            ElementBytes.Node(3, ["B", "A"], ("x", 7L)), ElementBytes.Node(4, ["A"], ("x", 7L)));

        Assert.Equal([new UniqueConflict("c", 4, 1), new UniqueConflict("c", 4, 3)], conflicts);
    }

    [Fact]
    public void Whole_floats_and_integers_are_one_value_as_they_are_to_Neo4j() =>
        Assert.Single(Find(["x"], ElementBytes.Node(1, ["A"], ("x", 1L)), ElementBytes.Node(2, ["A"], ("x", 1.0))));

    [Theory]
    [InlineData("other label")]
    [InlineData("no value")]
    [InlineData("half a key")]
    public void What_claims_nothing_conflicts_with_nothing(string other)
    {
        var second = other switch
        {
            "other label" => ElementBytes.Node(2, ["B"], ("x", 1L), ("y", 2L)),
            "no value" => ElementBytes.Node(2, ["A"]),
            _ => ElementBytes.Node(2, ["A"], ("x", 1L)),
        };

        Assert.Empty(Find(["x", "y"], ElementBytes.Node(1, ["A"], ("y", 2L), ("x", 1L)), second));
    }

    private static List<UniqueConflict> Find(string[] properties, params byte[][] nodes)
    {
        using var claims = new UniqueClaims(new GraphConstraint
        {
            Name = "c", Type = "UNIQUENESS", EntityType = "NODE", LabelsOrTypes = ["A"], Properties = properties,
        });
        var content = ElementBytes.Join(nodes);
        claims.Note(content);
        if (!claims.AnyTwice())
            return [];
        claims.Gather(content);
        return [.. claims.Conflicts()];
    }
}
