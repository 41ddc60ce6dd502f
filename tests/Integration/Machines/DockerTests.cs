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
            output.WriteLine(await scene.SwapAndBackAsync(
                new ServerControlOptions { Container = Container },
                new ServerControlOptions { Container = "neo4j-of-nobody" },
                () => bool.Parse(docker.Ask("inspect", "--format", "{{.State.Running}}", Container))));
            // It ended by itself: what Docker kills has 137.
            Assert.NotEqual("137", docker.Ask("inspect", "--format", "{{.State.ExitCode}}", Container));
        }
        finally
        {
            Environment.SetEnvironmentVariable("DOCKER_HOST", before);
        }
    }
}
