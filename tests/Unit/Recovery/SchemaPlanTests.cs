using Grap.Graphs;
using Grap.Recovery;
using Xunit;

namespace Grap.Tests.Unit.Recovery;

public class SchemaPlanTests
{
    private static readonly GraphIndex s_vector = new()
    {
        Name = "v",
        Type = "VECTOR",
        EntityType = "NODE",
        LabelsOrTypes = ["L"],
        Properties = ["p"],
        Options = new Dictionary<string, object?>
        {
            ["indexProvider"] = "vector-2026.08",
            ["indexConfig"] = new Dictionary<string, object?>
            {
                ["vector.dimensions"] = 3L,
                ["vector.similarity_function"] = "COSINE",
                ["vector.hnsw.m"] = 8L,
            },
        },
    };

    [Theory]
    [InlineData("a`b", "`a``b`")]
    [InlineData(@"\u0041", @"`\u005Cu0041`")]
    [InlineData(@"\", @"`\`")]
    [InlineData("", "``")]
    public void A_name_is_quoted_so_that_it_reads_back(string name, string quoted) =>
        Assert.Equal(quoted, CypherName.Quote(name));

    [Theory]
    [InlineData("5.10.0", false, 0)]
    [InlineData("5.13.0", true, 1)]
    [InlineData("5.15.0", true, 1)]
    [InlineData("5.26.30", true, 0)]
    [InlineData("2026.08.1", true, 0)]
    public void A_vector_index_takes_what_its_target_knows(string version, bool created, int optionsLost)
    {
        var plan = Plan(new GraphSchema { Indexes = [s_vector] }, version);

        Assert.Equal(created ? 1 : 0, plan.Steps.Count);
        Assert.Equal(optionsLost, plan.NotCarried.Count(static n => n.Kind == NotCarriedKind.IndexOption));
        Assert.Equal(created ? 0 : 1, plan.NotCarried.Count(static n => n.Kind == NotCarriedKind.Index));
    }

    [Theory]
    [InlineData("5.13.0", false)]
    [InlineData("5.26.30", true)]
    public void A_vector_index_of_relationships_needs_a_newer_target(string version, bool created) =>
        Assert.Equal(created, Plan(
            new GraphSchema { Indexes = [s_vector with { EntityType = "RELATIONSHIP" }] }, version).Steps.Count == 1);

    [Theory]
    [InlineData("NODE_KEY", "community", false)]
    [InlineData("NODE_KEY", "enterprise", true)]
    [InlineData("NODE_PROPERTY_EXISTENCE", "community", false)]
    [InlineData("NODE_PROPERTY_TYPE", "community", false)]
    [InlineData("NODE_PROPERTY_TYPE", "enterprise", true)]
    [InlineData("UNIQUENESS", "community", true)]
    public void A_constraint_is_created_where_the_edition_has_it(string type, string edition, bool created)
    {
        var constraint = new GraphConstraint
        {
            Name = "c", Type = type, EntityType = "NODE", LabelsOrTypes = ["L"], Properties = ["p"],
            PropertyType = "STRING",
        };

        var plan = Plan(new GraphSchema { Constraints = [constraint] }, "5.26.30", edition);

        Assert.Equal((created ? 1 : 0, created ? 0 : 1), (plan.Steps.Count, plan.NotCarried.Count));
    }

    [Fact]
    public void Token_lookups_come_first_and_indexes_last()
    {
        var schema = new GraphSchema
        {
            Indexes =
            [
                new GraphIndex { Name = "r", Type = "RANGE", EntityType = "NODE", LabelsOrTypes = ["L"], Properties = ["p"] },
                new GraphIndex { Name = "l", Type = "LOOKUP", EntityType = "NODE" },
                new GraphIndex { Name = "owned", Type = "RANGE", EntityType = "NODE", OwningConstraint = "c" },
            ],
            Constraints =
            [
                new GraphConstraint
                {
                    Name = "c", Type = "UNIQUENESS", EntityType = "NODE", LabelsOrTypes = ["L"], Properties = ["q"],
                },
            ],
        };

        Assert.Equal(["l", "c", "r"], Plan(schema, "5.26.30").Steps.Select(static s => s.Name));
    }

    private static SchemaPlan Plan(GraphSchema schema, string version, string edition = "community") => SchemaPlan.Of(
        schema, TargetCapabilities.Of(version, edition, "5.4"), new RestoreFilter(new RestoreOptions()));
}
