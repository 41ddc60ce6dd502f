using System.Diagnostics;
using Grap.Servers.Control;
using Xunit;

namespace Grap.Tests.Unit.Servers.Control;

/// <summary>Programs that stop and start servers, with small ones of the shell in their place.</summary>
public sealed class ControlCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-control-").FullName;

    private string Output => Path.Combine(_folder, "output");

    public ControlCommandTests()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("These programs are for /bin/sh.");
    }

    [Fact]
    public async Task Arguments_arrive_as_they_are()
    {
        string[] odd = ["a b", "'", "\"", "$HOME", "$(touch pwned)", "`id`", "; exit 3", "*", "", "-n", "ü\n\t\\"];

        await RunAsync(new ControlCommand(
            "/bin/sh", ["-c", "out=$1; shift; for each; do printf '%s\\0' \"$each\"; done >\"$out\"", "name", Output, .. odd]));

        Assert.Equal(odd, File.ReadAllText(Output).Split('\0')[..^1]);
    }

    [Fact]
    public async Task The_password_of_the_settings_is_not_passed_on_and_a_variable_is()
    {
        Environment.SetEnvironmentVariable("NEO4J_AUTH", "neo4j/secret");
        try
        {
            await RunAsync(new ControlCommand("/bin/sh", "-c", $"env >'{Output}'")
            {
                Variables = new Dictionary<string, string> { ["NEO4J_CONF"] = "/some where" },
            });
        }
        finally
        {
            Environment.SetEnvironmentVariable("NEO4J_AUTH", null);
        }
        var environment = File.ReadAllLines(Output);
        Assert.Contains("NEO4J_CONF=/some where", environment);
        Assert.DoesNotContain(environment, line => line.StartsWith("NEO4J_AUTH=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_failing_program_said_is_in_the_message()
    {
        var failure = await Assert.ThrowsAsync<GrapException>(
            () => RunAsync(new ControlCommand("/bin/sh", "-c", "echo out; echo 'Unit not found.' >&2; exit 5")));

        Assert.Equal(GrapCondition.ServerControlFailed, failure.Condition);
        Assert.Contains("code 5", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Unit not found.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var failure = await Assert.ThrowsAsync<GrapException>(() => RunAsync(new ControlCommand("no-such-program-here")));

        Assert.Equal(GrapCondition.ServerControlFailed, failure.Condition);
        Assert.Contains("no-such-program-here", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_takes_too_long_is_ended()
    {
        var failure = await Assert.ThrowsAsync<GrapException>(() => RunAsync(
            new ControlCommand("/bin/sh", "-c", $"echo $$ >'{Output}'; echo waiting; exec sleep 60")
            {
                Limit = TimeSpan.FromSeconds(1),
            }));

        Assert.Contains("1 seconds", failure.Message, StringComparison.Ordinal);
        Assert.Contains("waiting", failure.Message, StringComparison.Ordinal);
        await EndedAsync(int.Parse(File.ReadAllText(Output), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task What_a_program_leaves_running_is_not_waited_for_and_lives_on()
    {
        var began = Stopwatch.GetTimestamp();

        await RunAsync(new ControlCommand(
            "/bin/sh", "-c", $"(trap '' PIPE; sleep 1; echo more && echo alive >'{Output}'; sleep 1) & echo $! >'{Output}.id'"));

        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 0.9);
        for (var looks = 0; !File.Exists(Output) && looks < 100; looks++)
            await Task.Delay(50);
        Assert.True(File.Exists(Output), "It could not write any more.");
    }

    [Fact]
    public async Task Nothing_is_asked_at_the_terminal() =>
        await RunAsync(new ControlCommand("/bin/sh", "-c", "! read -r answer"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Task RunAsync(ControlCommand command) =>
        command.RunAsync("stop the server", TimeProvider.System, TestContext.Current.CancellationToken);

    private static async Task EndedAsync(int id)
    {
        for (var looks = 0; Directory.Exists($"/proc/{id}") && looks < 100; looks++)
            await Task.Delay(50);
        Assert.False(Directory.Exists($"/proc/{id}"));
    }
}
