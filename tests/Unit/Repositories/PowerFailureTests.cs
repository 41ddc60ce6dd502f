using Xunit;

namespace Grap.Tests.Unit.Repositories;

public sealed class PowerFailureTests
{
    public static TheoryData<string> Scenarios => [.. Scenario.All.Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void A_power_failure_at_any_call_leaves_the_old_state_or_the_new(string name)
    {
        Assert.True(Find(name).FailPowerEverywhere() > 10);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_sync_is_needed(string name)
    {
        var scenario = Find(name);
        var rehearsal = scenario.Start();
        scenario.Run(rehearsal, new Acknowledged());
        Assert.True(rehearsal.Syncs > 0);
        for (var sync = 1; sync <= rehearsal.Syncs; sync++)
        {
            var failure = Record.Exception(() => scenario.FailPowerEverywhere(leaveOutSync: sync));
            var syncs = rehearsal.Log.Where(call => call.StartsWith("sync", StringComparison.Ordinal)).ToList();
            Assert.True(failure is InvalidOperationException, $"Nothing is lost without sync {sync} of {name}: {syncs[sync - 1]}");
        }
    }

    private static Scenario Find(string name) => Scenario.All.Single(scenario => scenario.Name == name);
}
