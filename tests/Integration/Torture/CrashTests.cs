using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Torture;

/// <summary>Real processes that are killed, suspended, and get into each other's way over one repository. A short run
/// of what <c>build.ps1 Torture</c> does a thousand times (docs/torture.md).</summary>
public sealed class CrashTests(ServerPool servers, ITestOutputHelper output)
{
    private const string Version = "5.26.30";
    private const int Nodes = 300;

    [Fact]
    public Task A_process_killed_at_any_step_leaves_every_earlier_backup_and_no_half_one() =>
        RunAsync("Every earlier backup is intact", "crash",
            "--kills", ServerPool.IsFull ? "40" : "10", "--every", ServerPool.IsFull ? "1" : "5");

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public Task A_process_killed_at_any_step_of_a_copy_of_the_servers_files_leaves_every_earlier_backup_and_no_half_one() =>
        RunAsync("Every earlier backup is intact", "hotcopy", "--kills", "20");

    [Fact]
    public Task A_process_that_was_suspended_and_lost_its_lock_publishes_nothing() =>
        RunAsync(OperatingSystem.IsWindows() ? "nothing was tried" : "(LockLost)", "suspend");

    [Fact]
    public Task Two_processes_on_one_repository_succeed_or_are_refused() =>
        RunAsync("The repository is sound.", "contend");

    [Fact]
    public Task A_promotion_killed_at_any_step_is_ended_or_undone_by_one_command() =>
        RunAsync("one command ended or undid each", "apply", "--kills", ServerPool.IsFull ? "5" : "2");

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public Task A_recovery_killed_at_any_step_is_ended_or_reset_by_one_command() =>
        RunAsync("No server was left", "recover", "--kills", "8");

    private async Task RunAsync(string conclusion, params string[] arguments)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await servers.BorrowAsync(Version, cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, Nodes), cancellation);
        if (borrowed.Server.DataFolder is { } data)
            arguments = [.. arguments, "--data", data];
        var run = await TortureRun.RunAsync(
            [.. arguments, "--server", borrowed.Server.Uri.OriginalString], cancellation,
            (borrowed.Server as InstalledServer)?.Home);
        Assert.SkipWhen(run.ExitCode == 3, run.Complaints);
        output.WriteLine(run.Said);
        Assert.True(run.ExitCode == 0, run.Complaints + run.Said);
        Assert.Contains(conclusion, run.Said, StringComparison.Ordinal);
    }
}
