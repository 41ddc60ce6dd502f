using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Grap.Servers.Installations;
using Xunit;

namespace Grap.Tests.Unit.Servers;

/// <summary>The script that binds a server to its owner, with small programs in the server's place.</summary>
public sealed class ServerProcessTests
{
    private readonly ConcurrentQueue<string> _lines = new();

    [Fact]
    public async Task What_a_server_prints_is_passed_on_and_its_end_is_noticed()
    {
        using var process = Start("echo out; echo err >&2; exit 3");
        await process.IdentifyAsync(TestContext.Current.CancellationToken);

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["err", "out"], _lines.Order());
    }

    [Fact]
    public async Task A_stop_lets_the_server_end_by_itself()
    {
        using var process = Start("trap 'echo stopping; exit 0' TERM; echo ready; while :; do sleep 0.1; done");
        await UntilAsync("ready");

        process.RequestStop();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("stopping", _lines);
    }

    [Fact]
    public async Task A_kill_ends_a_server_that_ignores_everything()
    {
        using var process = Start("trap '' TERM INT HUP; echo ready; while :; do sleep 0.1; done");
        await UntilAsync("ready");
        using var server = (await process.IdentifyAsync(TestContext.Current.CancellationToken)).Find();

        process.RequestStop();
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(server!.WaitForExit(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_kill_ends_what_the_server_started_and_what_that_started()
    {
        // As a launcher does: the last in the row is deaf, too, and outlives its parents if nobody ends it.
        const string Deaf = "trap \"\" TERM INT HUP; echo child $$; while :; do sleep 0.1; done";
        using var process = Start($"/bin/sh -c '/bin/sh -c \"$0\" & wait' '{Deaf}' & echo ready; wait");
        await UntilAsync("ready");
        await UntilAsync(static line => line.StartsWith("child ", StringComparison.Ordinal));
        var child = _lines.Single(static line => line.StartsWith("child ", StringComparison.Ordinal));
        using var last = Process.GetProcessById(int.Parse(child.AsSpan(6), CultureInfo.InvariantCulture));

        process.Kill();

        Assert.True(last.WaitForExit(TimeSpan.FromSeconds(10)), "It lives on.");
    }

    [Fact]
    public async Task A_server_that_was_let_go_lives_on_and_stops_when_it_is_asked()
    {
        var process = Start("trap 'exit 0' TERM; echo ready; while :; do echo noise; sleep 0.1; done");
        await UntilAsync("ready");
        using var server = (await process.IdentifyAsync(TestContext.Current.CancellationToken)).Find()!;

        process.Release();

        // Twice as long as it takes to write into the pipe that is closed.
        Assert.False(server.WaitForExit(TimeSpan.FromMilliseconds(500)));
        ServerProcess.RequestStop(server);
        Assert.True(server.WaitForExit(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task The_owners_settings_are_not_passed_on()
    {
        Environment.SetEnvironmentVariable("NEO4J_NOT_FOR_SERVERS", "secret");

        using var process = Start("env");
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.NotEmpty(_lines);
        Assert.DoesNotContain(_lines, line => line.StartsWith("NEO4J_", StringComparison.OrdinalIgnoreCase));
    }

    private ServerProcess Start(string script)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("On Windows the server is started without a shell.");
        return ServerProcess.Start(
            "/bin/sh", ["-c", script], Path.GetTempPath(), _lines.Enqueue, TimeProvider.System);
    }

    private Task UntilAsync(string line) => UntilAsync(one => one == line);

    private async Task UntilAsync(Func<string, bool> isWanted)
    {
        while (!_lines.Any(isWanted))
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }
}
