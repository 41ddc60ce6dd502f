using Grap.Recovery.States;
using Xunit;

namespace Grap.Tests.Unit.Recovery;

public sealed class RecoveryTransitionsTests
{
    /// <summary>The states as the operator guide draws them, with what may be discarded.</summary>
    private static readonly Dictionary<string, string[]> Table = new()
    {
        ["NOT_RECOVERING"] = ["RECOVERING"],
        ["RECOVERING"] = ["VALIDATION", "RECOVERY_FAILED", "NOT_RECOVERING"],
        ["VALIDATION"] = ["RECOVERY_SUCCESS", "RECOVERY_FAILED", "NOT_RECOVERING"],
        ["RECOVERY_SUCCESS"] = ["PROMOTED", "NOT_RECOVERING"],
        ["RECOVERY_FAILED"] = ["NOT_RECOVERING"],
        ["PROMOTED"] = ["RECOVERY_SUCCESS", "NOT_RECOVERING"],
    };

    [Fact]
    public void Every_step_of_the_table_is_taken_and_every_other_is_refused_by_name()
    {
        foreach (var from in Enum.GetValues<RecoveryState>())
        {
            foreach (var to in Enum.GetValues<RecoveryState>())
            {
                var record = new RecoveryRecord { Database = "neo4j", State = from };
                var refusal = Record.Exception(() => RecoveryTransitions.Check(record, to)) as GrapException;
                Assert.Equal(Table[from.Name()].Contains(to.Name()), refusal is null);
                if (refusal is not null)
                {
                    Assert.Equal(GrapCondition.RecoveryStateInvalid, refusal.Condition);
                    Assert.Contains(from.Name(), refusal.Message, StringComparison.Ordinal);
                    Assert.Contains(to.Name(), refusal.Message, StringComparison.Ordinal);
                }
            }
        }
    }
}
