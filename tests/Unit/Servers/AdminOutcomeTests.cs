using Grap.Servers.Installations;
using Xunit;

namespace Grap.Tests.Unit.Servers;

public class AdminOutcomeTests
{
    [Theory]
    [InlineData(1, "java.io.IOException: No space left on device", GrapCondition.ScratchFull)]
    [InlineData(1, "java.io.IOException: There is not enough space on the disk", GrapCondition.ScratchFull)]
    [InlineData(3, "java.lang.OutOfMemoryError: Java heap space", GrapCondition.ScratchServerUnavailable)]
    [InlineData(137, "", GrapCondition.ScratchServerUnavailable)]
    [InlineData(143, "", GrapCondition.ScratchServerUnavailable)]
    public void What_the_machine_lacks_says_nothing_of_the_database(int exitCode, string line, GrapCondition expected)
    {
        var obstacle = new AdminOutcome(exitCode, ["Running with debug", line]).Obstacle("check database 'neo4j'");

        Assert.Equal(expected, obstacle!.Condition);
        Assert.Contains("check database 'neo4j'", obstacle.Message, StringComparison.Ordinal);
        Assert.NotEmpty(obstacle.RecommendedAction);
    }

    [Fact]
    public void What_it_finds_is_no_obstacle() =>
        Assert.Null(new AdminOutcome(1, ["ERROR [db] The record is not in use"]).Obstacle("check database 'neo4j'"));
}
