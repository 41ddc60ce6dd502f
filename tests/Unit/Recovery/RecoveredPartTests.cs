using Grap.Archives;
using Grap.Backups;
using Grap.Graphs;
using Grap.Recovery;
using Grap.Tests.Unit.Comparison;
using Grap.Tests.Unit.Graphs;
using Xunit;

namespace Grap.Tests.Unit.Recovery;

public class RecoveredPartTests
{
    private static readonly BackupManifest s_manifest = new()
    {
        Id = "one",
        Method = BackupMethod.Bolt,
        Source = new BackupSource { Database = "neo4j", ServerVersion = "5.26.30" },
        Counts = new GraphCounts
        {
            NodesByLabel = new Dictionary<string, long> { ["Ship"] = 1, ["Port"] = 2 },
            RelationshipsByType = new Dictionary<string, long> { ["CALLS_AT"] = 1 },
        },
    };

    [Theory]
    [InlineData("Ship", "", "nodes (:`Ship`), all relationships between them")]
    [InlineData("", "CALLS_AT", "all nodes, relationships [:`CALLS_AT`] between them")]
    [InlineData("Ship Port", "CALLS_AT", "nodes (:`Ship`|`Port`), relationships [:`CALLS_AT`] between them")]
    public void A_part_is_told_in_words_and_a_backup_that_has_it_is_taken(string labels, string types, string told)
    {
        var part = RecoveredPart.Of(Names(labels), Names(types))!;
        Assert.Equal(told, part.ToString());
        part.Expect(s_manifest);
    }

    [Fact]
    public void Without_labels_and_types_all_is_meant() => Assert.Null(RecoveredPart.Of([], []));

    [Theory]
    [InlineData("ship", "", "has no node labelled 'ship'", "Port, Ship")]
    [InlineData("Ship", "LEFT", "has no relationship of type 'LEFT'", "CALLS_AT")]
    public void A_name_that_the_backup_has_not_is_refused_with_those_that_it_has(
        string labels, string types, string message, string known)
    {
        var refusal = Assert.Throws<GrapException>(() => RecoveredPart.Of(Names(labels), Names(types))!.Expect(s_manifest));
        Assert.Equal(GrapCondition.SettingInvalid, refusal.Condition);
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(known, refusal.RecommendedAction, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BackupMethod.HotCopy)]
    [InlineData(BackupMethod.Dump)]
    public void Files_have_no_parts(BackupMethod method) => Assert.Equal(GrapCondition.NotSupported,
        Assert.Throws<GrapException>(() => RecoveredPart.Of(["Ship"], [])!.Expect(s_manifest with { Method = method })).Condition);

    [Fact]
    public async Task What_is_selected_is_the_nodes_of_the_labels_and_the_relationships_of_the_types_between_them()
    {
        await using var whole = new ModelGraph
        {
            Nodes =
            {
                [1] = ElementBytes.Node(1, ["Ship"]),
                [2] = ElementBytes.Node(2, ["Tug", "Ship"]),
                [3] = ElementBytes.Node(3, ["Port"]),
                [4] = ElementBytes.Node(4),
            },
            Relationships =
            {
                [1] = ElementBytes.Relationship(1, 1, 2, "FOLLOWS"),
                [2] = ElementBytes.Relationship(2, 1, 2, "LEFT"),
                [3] = ElementBytes.Relationship(3, 1, 3, "FOLLOWS"),
                [4] = ElementBytes.Relationship(4, 4, 2, "FOLLOWS"),
            },
            Schema = new GraphSchema
            {
                Indexes =
                [
                    Index("lookup", "NODE"), Index("ship", "NODE", "Ship"), Index("text", "NODE", "Port", "Ship"),
                    Index("port", "NODE", "Port"), Index("follows", "RELATIONSHIP", "FOLLOWS"),
                    Index("left", "RELATIONSHIP", "LEFT"),
                ],
                Constraints =
                [
                    new GraphConstraint { Name = "s", Type = "UNIQUENESS", EntityType = "NODE", LabelsOrTypes = ["Ship"] },
                    new GraphConstraint { Name = "p", Type = "UNIQUENESS", EntityType = "NODE", LabelsOrTypes = ["Port"] },
                ],
            },
        };
        var ids = new NodeIds();
        ids.Add(new BlockKey(BlockKind.Nodes, 0, 0), [1, 2], [10, 20]);
        ids.Complete();
        var filter = new RestoreFilter(new RestoreOptions { Labels = ["Ship"], Types = ["FOLLOWS"] });

        await using var part = new SelectedElements(whole, filter, ids);
        var digest = await SourceDigest.ReadAsync(part, null, TestContext.Current.CancellationToken);

        Assert.Empty(digest.Missing);
        var counts = digest.CompleteCounts();
        Assert.Equal((2, 1), (counts.Nodes, counts.Relationships));
        Assert.Equal(["FOLLOWS"], counts.RelationshipsByType.Keys);
        Assert.Equal(["lookup", "ship", "text", "follows"], part.Schema.Indexes.Select(static index => index.Name));
        Assert.Equal(["s"], part.Schema.Constraints.Select(static constraint => constraint.Name));
    }

    private static GraphIndex Index(string name, string entity, params string[] labelsOrTypes) =>
        new() { Name = name, Type = "RANGE", EntityType = entity, LabelsOrTypes = labelsOrTypes };

    private static string[] Names(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
