using Xunit;

namespace Grap.Tests.Unit.Repositories;

public sealed class StorageFaultTests
{
    // EIO, EACCES, ENOSPC, EROFS.
    private static readonly int[] s_errors = [5, 13, 28, 30];

    public static TheoryData<string, int, bool> Faults
    {
        get
        {
            var faults = new TheoryData<string, int, bool>();
            foreach (var scenario in Scenario.All)
            {
                foreach (var error in s_errors)
                {
                    faults.Add(scenario.Name, error, false);
                    faults.Add(scenario.Name, error, true);
                }
            }
            return faults;
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_call_that_fails_publishes_nothing_by_halves(string name, int error, bool staysBroken)
    {
        var scenario = Scenario.All.Single(scenario => scenario.Name == name);
        var rehearsal = scenario.Start();
        scenario.Run(rehearsal, new Acknowledged());
        for (var call = 1; call <= rehearsal.Calls; call++)
        {
            var files = scenario.Start();
            files.FailsAt = call;
            files.StaysBroken = staysBroken;
            files.Failure = () => Failure(error);
            var done = new Acknowledged();
            var failure = Record.Exception(() => scenario.Run(files, done));
            var when = $"{name}: error {error} at call {call} ({files.Log[Math.Min(call, files.Calls) - 1]})";
            if (failure is not null)
            {
                Assert.True(failure is GrapException, $"{when}: {failure}");
                // A lock that this very process could not delete blocks it until it ends.
                var blocksItself = files.Log[call - 1].StartsWith("delete", StringComparison.Ordinal)
                    && ((GrapException)failure).Condition == GrapCondition.RepositoryLocked;
                Assert.True(blocksItself || ((GrapException)failure).Condition == Expected(error), $"{when}: {failure}");
            }
            Scenario.Check(files.AfterKill(), done, when, mayWait: staysBroken);
        }
    }

    private static Exception Failure(int error) => error == 13
        ? new UnauthorizedAccessException("Simulated.")
        : new IOException("Simulated.", error);

    private static GrapCondition Expected(int error) => error switch
    {
        28 => GrapCondition.RepositoryFull,
        13 or 30 => GrapCondition.RepositoryUnavailable,
        _ => GrapCondition.RepositoryFailed,
    };
}
