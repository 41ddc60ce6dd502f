using System.Diagnostics;
using System.Runtime.Versioning;
using Grap.Lab;
using Grap.Lab.Installations;
using Grap.Tests.Integration.Operations;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Machines;

/// <summary>The image of <c>deploy/Dockerfile</c> is built, from stand-ins for those that it is made from (Images/build), and
/// <c>deploy/docker-compose.yml</c> is brought up with it.</summary>
[SupportedOSPlatform("linux")]
public sealed class DeployedImageTests(ITestOutputHelper output) : IDisposable
{
    // That of deploy/docker-compose.yml.
    private const string Version = "5.13.0";
    private const string Password = "open-sesame-of-the-images";
    private const string Scheduler = "grap-backup-scheduler";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private readonly string _folder = Directory.CreateTempSubdirectory("grap-compose-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task What_is_deployed_backs_up_proves_recovers_and_stops()
    {
        await using var docker = await DockerEngine.StartAsync(Cancellation);
        var engine = new Dictionary<string, string> { ["DOCKER_HOST"] = docker.Address };
        await BuildAsync(engine);
        await ComposeAsync(engine, "up", "--detach", "--no-build");

        await WaitAsync(docker, "Schema initialization: the constraint grap_projection_id is there.", "logs", "grap-neo4j");
        await WaitAsync(docker, "Schema initialization done", "logs", "grap-mcp");
        // Of its own accord: the server's files are in a volume that the scheduler may read.
        var log = await WaitAsync(docker, "\"step\":\"end\"", "logs", Scheduler);
        output.WriteLine(log);
        foreach (var part in new[] { "HotCopy, Exact", "Proven to Restore", "\"result\":\"succeeded\"", "\"exit_code\":0" })
            Assert.Contains(part, log, StringComparison.Ordinal);
        // Which is looked at every minute.
        await WaitAsync(docker, "is healthy", "inspect", "--format", "is {{.State.Health.Status}}", Scheduler);
        Assert.Equal("grap", docker.Ask("exec", Scheduler, "id", "--user", "--name"));

        var clock = Stopwatch.StartNew();
        docker.Ask("stop", Scheduler);
        output.WriteLine($"It stopped after {clock.Elapsed}.");
        Assert.Equal("130", docker.Ask("inspect", "--format", "{{.State.ExitCode}}", Scheduler));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}.");

        await RunAsync("Invoke-GrapQuery 'CREATE (:Harbour {name: 1})'");
        Assert.Equal("1", await RunAsync("(New-GrapBackup -Id harbour -Method Bolt).Nodes"));
        await RunAsync("Invoke-GrapQuery 'MATCH (n:Harbour) SET n.name = 2'");
        Assert.Equal("RECOVERY_SUCCESS", await RunAsync("(Start-GrapRecovery harbour).Status"));
        Assert.Equal("PROMOTED True", await RunAsync("$p = Invoke-GrapPromotion -Force; \"$($p.Status) $($p.Equal)\""));
        Assert.Equal("1", await RunAsync("(Invoke-GrapQuery 'MATCH (n:Harbour) RETURN n.name AS name').name"));

        foreach (var name in new[] { "grap-neo4j", "grap-mcp", Scheduler })
            Assert.DoesNotContain(Password, await TellAsync("logs", name), StringComparison.Ordinal);

        // What the guide has one type.
        async Task<string> RunAsync(string command) =>
            (await TellAsync("exec", "grap-mcp", "pwsh", "-Command", command)).Trim();

        // Errors, too.
        Task<string> TellAsync(params string[] arguments) =>
            Tool.RunAsync("docker.io", "docker", arguments, variables: engine, minutes: 4);
    }

    private static async Task BuildAsync(Dictionary<string, string> engine)
    {
        var root = RepositoryRoot.Find()!;
        var installation = await ServerPool.Options(Version).Finder.OnThisMachineAsync(Version, Cancellation);
        if (installation is null)
            Assert.Skip(InstallationFinder.NoneFound(Version).Message);
        if (!File.Exists("/usr/sbin/debootstrap"))
            Tool.Missing("debootstrap", "debootstrap");
        await Tool.RunAsync(
            "bash", Path.Combine(root, "tests", "Integration", "Machines", "Images", "build"),
            [root, installation.Home, MachineFolders.Host], variables: engine, minutes: 20);
    }

    private async Task ComposeAsync(Dictionary<string, string> engine, params string[] arguments)
    {
        MachineFolders.Copy(Tool.Deploy, _folder);
        var compose = Path.Combine(_folder, "docker-compose.yml");
        // At any port of this machine that is free.
        File.WriteAllText(compose, File.ReadAllText(compose)
            .Replace("127.0.0.1:7474:", "127.0.0.1::", StringComparison.Ordinal)
            .Replace("127.0.0.1:7687:", "127.0.0.1::", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(_folder, ".env"), File.ReadAllText(Path.Combine(Tool.Deploy, ".env.example"))
            .Replace("changeme", Password, StringComparison.Ordinal)
            .Replace("BACKUP_SCHEDULE=0 2 * * *", "BACKUP_SCHEDULE=* * * * *", StringComparison.Ordinal));
        await Tool.RunAsync("docker-compose", "docker-compose", arguments, folder: _folder, variables: engine, minutes: 5);
    }

    private static async Task<string> WaitAsync(DockerEngine docker, string words, params string[] question)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            var answer = docker.Ask(question);
            if (answer.Contains(words, StringComparison.Ordinal))
                return answer;
            Assert.True(clock.Elapsed < s_patience, $"docker {string.Join(' ', question)}: {answer}");
            await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        }
    }
}
