using System.Diagnostics;
using Grap.Lab.Graphs;
using Grap.Tests.Integration.Servers;
using Grap.Tests.Torture;

namespace Grap.Tests.Integration.Torture;

/// <summary>Real processes that are killed, suspended, and get into each other's way over one repository. A short run
/// of what <c>build.ps1 Torture</c> does a thousand times (docs/torture.md).</summary>
public sealed class CrashTests(ServerPool servers, ITestOutputHelper output)
{
    private const string Version = "5.26.30";
    private const int Nodes = 300;

    [Fact]
    public Task A_process_killed_at_any_step_leaves_every_earlier_backup_and_no_half_one() =>
        RunAsync("Every earlier backup is intact", "crash", "--kills", "40");

    [Fact]
    public Task A_process_that_was_suspended_and_lost_its_lock_publishes_nothing() =>
        RunAsync(OperatingSystem.IsWindows() ? "nothing was tried" : "(LockLost)", "suspend");

    [Fact]
    public Task Two_processes_on_one_repository_succeed_or_are_refused() =>
        RunAsync("The repository is sound.", "contend");

    private async Task RunAsync(string conclusion, params string[] arguments)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var borrowed = await servers.BorrowAsync(Version, cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, Nodes), cancellation);
        using var torture = Start([.. arguments, "--server", borrowed.Server.Uri.OriginalString]);
        try
        {
            var said = torture.StandardOutput.ReadToEndAsync(cancellation);
            var failure = await torture.StandardError.ReadToEndAsync(cancellation);
            var table = await said;
            await torture.WaitForExitAsync(cancellation);
            output.WriteLine(table);
            Assert.True(torture.ExitCode == 0, failure + table);
            Assert.Contains(conclusion, table, StringComparison.Ordinal);
        }
        finally
        {
            if (!torture.HasExited)
                torture.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(TortureProgram.Path);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment[TortureProgram.PasswordVariable] = ServerPool.Password;
        return Process.Start(start)!;
    }
}
