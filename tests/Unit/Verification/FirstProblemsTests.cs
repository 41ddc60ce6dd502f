using Grap.Archives;
using Grap.Graphs;
using Grap.Tests.Unit.Graphs;
using Grap.Verification;
using Xunit;

namespace Grap.Tests.Unit.Verification;

public class FirstProblemsTests
{
    [Theory]
    [InlineData(19, 19)]
    [InlineData(20, 20)]
    [InlineData(21, 21)]
    [InlineData(50, 21)]
    public void Of_many_the_first_are_told_and_the_others_counted(int added, int told)
    {
        var problems = new FirstProblems("counts differ");
        for (var i = 0; i < added; i++)
            problems.Add($"Count {i} differs.");

        var list = problems.ToList();

        Assert.Equal(told, list.Count);
        Assert.Equal("Count 0 differs.", list[0]);
        Assert.Equal(added > 20 ? $"{added - 20} more counts differ." : $"Count {added - 1} differs.", list[^1]);
    }

    [Fact]
    public void Relationships_without_their_nodes_are_named_by_their_ids_and_the_others_counted()
    {
        var digest = new GraphDigest();
        digest.CompleteNodes();
        digest.AddRelationships(new BlockKey(BlockKind.Relationships, 0, 0), ElementBytes.Join(
            [.. Enumerable.Range(1, 15).Select(static id => ElementBytes.Relationship(id, 100 + id, 200 + id, "R"))]));

        var gaps = digest.FindGaps("database");

        Assert.Equal("Relationship 1 needs node 101, which is not in the database.", gaps[0]);
        Assert.Equal("10 more endpoints of relationships are missing.", gaps[20]);
    }
}
