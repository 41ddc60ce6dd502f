using System.Management.Automation;
using Grap.PowerShell.Running;
using Xunit;

namespace Grap.Tests.Unit.PowerShell;

public class ErrorRecordsTests
{
    [Fact]
    public void Every_condition_has_a_category() => Assert.All(Enum.GetValues<GrapCondition>(), condition =>
        Assert.NotEqual(ErrorCategory.NotSpecified,
            ErrorRecords.From(new GrapException(condition, "what", "do")).CategoryInfo.Category));

    [Fact]
    public void The_target_of_the_failure_wins_over_that_of_the_command()
    {
        Assert.Equal("own", ErrorRecords.From(new GrapException(GrapCondition.BackupNotFound, "", "", "own"), "given").TargetObject);
        Assert.Equal("given", ErrorRecords.From(new GrapException(GrapCondition.BackupNotFound, "", ""), "given").TargetObject);
    }
}
