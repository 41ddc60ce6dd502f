using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Torture;

/// <summary>Copies of a server under load, each compared with a ledger outside the database. A short run of what
/// <c>build.ps1 Torture</c> does two hundred times on all versions (docs/torture.md).</summary>
public sealed class OnlineCopyTests(ITestOutputHelper output)
{
    // Draws a copy under writers alone, and one with kill -9 of the server when two thirds of the pages are copied.
    private const string Seed = "457";

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task A_copy_holds_what_was_acknowledged_before_it_also_when_the_server_is_killed_meanwhile()
    {
        var run = await TortureRun.RunAsync(
            ["copy", "--small", "--no-controls", "--copies", "2", "--seed", Seed],
            TestContext.Current.CancellationToken);
        output.WriteLine(run.Said);
        Assert.SkipWhen(run.ExitCode == 3, run.Complaints);
        Assert.True(run.ExitCode == 0, run.Complaints + run.Said);
        Assert.Contains("2 copies: 2 good, 0 bad, 0 refused", run.Said, StringComparison.Ordinal);
        Assert.Contains("Kill at 69 % of it): Good", run.Said, StringComparison.Ordinal);
    }
}
