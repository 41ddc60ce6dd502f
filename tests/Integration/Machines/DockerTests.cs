using System.Runtime.Versioning;
using Grap.Servers.Control;
using Grap.Tests.Integration.Recovery;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Machines;

/// <summary>What Grap tells Docker, done by a real one.</summary>
[SupportedOSPlatform("linux")]
public sealed class DockerTests(SwapScenes scenes, ITestOutputHelper output) : IClassFixture<SwapScenes>
{
    private const string Container = "neo4j-of-test";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task A_server_in_a_container_is_swapped_and_swapped_back()
    {
        await using var docker = await DockerEngine.StartAsync(Cancellation);
        var scene = await scenes.GetAsync();
        var server = scene.Server;
        await server.RunAsync("CREATE (:Since {of: 'before the promotion'})", Cancellation);
        await server.Server.StopAsync(Cancellation);
        var home = server.Installation.Home;
        docker.Create(
            Container, [home, Path.GetDirectoryName(server.DataFolder)!],
            [
                ("NEO4J_CONF", server.Control.Configuration!),
                ("JAVA_HOME", Environment.GetEnvironmentVariable("JAVA_HOME") ?? ""),
            ],
            Path.Combine(home, "bin", "neo4j"), "console");
        var before = Environment.GetEnvironmentVariable("DOCKER_HOST");
        Environment.SetEnvironmentVariable("DOCKER_HOST", docker.Address);
        try
        {
            var control = new ServerControlOptions { Container = Container };
            var contained = new ControlledServer(
                control.Create(TimeProvider.System), server.Presence, new ControlLimits(), TimeProvider.System);
            await contained.StartAsync(Cancellation);
            Assert.Equal("true", IsRunning());

            var options = scene.Options with { Control = control };
            var promoted = await scene.PromoteAsync(options);
            Assert.Equal(("PROMOTED", true), (promoted.Status, promoted.Equal));
            Assert.Equal("true", IsRunning());
            Assert.Equal(SwapScene.Nodes, await scene.CountAsync("MATCH (n) RETURN count(n)"));

            var undone = await scene.UndoAsync(options);
            Assert.Equal(("RECOVERY_SUCCESS", true), (undone.Status, undone.Equal));
            Assert.Equal(1, await scene.CountAsync("MATCH (n:Since) RETURN count(n)"));

            var unknown = await Assert.ThrowsAsync<GrapException>(() => scene.PromoteAsync(
                options with { Control = new ServerControlOptions { Container = "neo4j-of-nobody" } }));
            output.WriteLine(unknown.Message);
            Assert.Equal(1, await scene.CountAsync("MATCH (n:Since) RETURN count(n)"));
            await contained.StopAsync(Cancellation);
            Assert.Equal("false", IsRunning());
            // It ended by itself: what Docker kills has 137.
            Assert.NotEqual("137", docker.Ask("inspect", "--format", "{{.State.ExitCode}}", Container));
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", before);
        }
        await server.Server.StartAsync(Cancellation);

        string IsRunning() => docker.Ask("inspect", "--format", "{{.State.Running}}", Container);
    }
}
