using System.Globalization;
using System.Runtime.Versioning;
using System.Text;
using Grap.Backups;
using Grap.Lab;
using Grap.Lab.Servers;
using Grap.Repositories;
using Grap.Schedules;
using Grap.Servers.Control;
using Grap.Tests.Integration.Recovery;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Machines;

/// <summary>What Grap tells systemd, done by a real one.</summary>
[SupportedOSPlatform("linux")]
public sealed class SystemdTests(SwapScenes scenes, ServerPool servers, ITestOutputHelper output) : IClassFixture<SwapScenes>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-machines-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_is_registered_runs_at_its_minute_with_its_words_and_after_it_was_taken_out_no_more()
    {
        await using var machine = await SystemdMachine.StartAsync(Cancellation);
        var scheduler = new SystemdScheduler(machine, machine.Units, forUser: false);
        Assert.True(scheduler.IsPresent);
        string[] words = ["-Command", "'it''s' \"100%\" $HOME ${x} %h \\ ; exit (1).ExitCode", "", "é", "two\n\tlines"];
        var said = Path.Combine(_folder, "said");
        scheduler.Register(Schedule(
            "nightly", "* * * * *", $"printf '%s\\0' \"$@\" >{said}.part; mv {said}.part {said}", words));
        Assert.True(Assert.Single(scheduler.List()).Enabled);

        for (var seconds = 0; !File.Exists(said); seconds++)
        {
            Assert.InRange(seconds, 0, 70);
            await Task.Delay(TimeSpan.FromSeconds(1), Cancellation);
        }
        output.WriteLine($"It ran at {File.GetLastWriteTimeUtc(said):HH:mm:ss.f}.");
        Assert.InRange(File.GetLastWriteTimeUtc(said).Second, 0, 5);
        Assert.Equal(words, Encoding.UTF8.GetString(File.ReadAllBytes(said)).Split('\0')[..^1]);

        // Another job was at work: that is no failure. Every other code is one.
        scheduler.Register(Schedule("nightly", "0 0 1 1 *", "exit $1", "2"));
        var next = Ask(machine, "show", "--property=NextElapseUSecRealtime", "--value", "grap-nightly.timer");
        Assert.Contains($"{DateTimeOffset.Now.Year + 1}-01-01 00:00:00", next, StringComparison.Ordinal);
        Assert.Equal(0, machine.Run("systemctl", ["start", "grap-nightly.service"])!.ExitCode);
        scheduler.Register(Schedule("nightly", "0 0 1 1 *", "exit $1", "3"));
        Assert.NotEqual(0, machine.Run("systemctl", ["start", "grap-nightly.service"])!.ExitCode);
        Assert.Equal("failed", Ask(machine, "is-failed", "grap-nightly.service"));

        Assert.True(scheduler.Unregister("nightly"));
        // Nothing that was missed meanwhile is made up for by one that gets the same name.
        Assert.Equal("", machine.Run("ls", ["/var/lib/systemd/timers"])!.Output);
        Assert.DoesNotContain(
            "grap-", Ask(machine, "list-timers", "--all", "--no-pager"), StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(machine.Units, "*", SearchOption.AllDirectories),
            static path => Path.GetFileName(path).Contains("grap-", StringComparison.Ordinal));
    }

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task A_server_that_is_a_unit_is_swapped_and_swapped_back()
    {
        await using var machine = await SystemdMachine.StartAsync(Cancellation);
        var scene = await scenes.GetAsync();
        var server = scene.Server;
        // Of the unit of Neo4j's own packages, what concerns starting and stopping.
        File.WriteAllText(Path.Combine(machine.Units, "neo4j-of-test.service"), string.Create(
            CultureInfo.InvariantCulture,
            $"""
            [Service]
            ExecStart={server.Installation.Home}/bin/neo4j console
            Environment=NEO4J_CONF={server.Control.Configuration}
            Environment="JAVA_TOOL_OPTIONS={Environment.GetEnvironmentVariable("JAVA_TOOL_OPTIONS")}"
            Environment="JAVA_HOME={Environment.GetEnvironmentVariable("JAVA_HOME")}"
            Restart=on-abnormal
            RestartSec=10
            LimitNOFILE=60000
            TimeoutSec=120
            """));
        var before = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", $"{machine.Programs}:{before}");
        try
        {
            output.WriteLine(await scene.SwapAndBackAsync(
                new ServerControlOptions { SystemdUnit = "neo4j-of-test" },
                new ServerControlOptions { SystemdUnit = "neo4j-of-nobody" },
                () => Ask(machine, "is-active", "neo4j-of-test") switch
                {
                    "active" => true,
                    "inactive" => false,
                    var other => throw new InvalidOperationException($"The unit is {other}."),
                }));
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", before);
        }
    }

    [Fact]
    public async Task The_hardened_unit_that_is_deployed_takes_a_backup_and_proves_it()
    {
        await using var server = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await server.RunAsync("UNWIND range(1, 100) AS i CREATE (:Unit {i: i})", Cancellation);
        await using var machine = await SystemdMachine.StartAsync(Cancellation);
        // The unit sees neither homes nor this machine's /tmp.
        var root = RepositoryRoot.Find()!;
        var place = Directory.CreateDirectory($"/srv/grap-{Guid.NewGuid():N}").FullName;
        try
        {
            var repository = Directory.CreateDirectory(Path.Combine(place, "repository")).FullName;
            MachineFolders.Copy(MachineFolders.Host, Path.Combine(place, "host"));
            MachineFolders.Copy(Path.Combine(root, "artifacts", "module", "Grap"), Path.Combine(place, "Grap"));
            File.WriteAllText(Path.Combine(place, "job.ps1"),
                "exit (Invoke-GrapBackupJob -Method Bolt -RestoreProofDays 0 -CreateRepository -LogFormat Json).ExitCode");
            File.WriteAllText(Path.Combine(place, "grap.env"),
                $"NEO4J_URI={server.Server.Uri}\nNEO4J_AUTH=neo4j/{ServerPool.Password}\nBACKUP_DIR={repository}\n");
            Assert.Equal(0, machine.Run("chown", ["-R", "nobody:nogroup", repository, Path.Combine(place, "grap.env")])!.ExitCode);
            File.SetUnixFileMode(Path.Combine(place, "grap.env"), UnixFileMode.UserRead);

            File.Copy(
                Path.Combine(root, "deploy", "systemd", "grap-backup.service"),
                Path.Combine(machine.Units, "grap-backup.service"));
            Directory.CreateDirectory(Path.Combine(machine.Units, "grap-backup.service.d"));
            File.WriteAllText(Path.Combine(machine.Units, "grap-backup.service.d", "test.conf"),
                $"""
                [Service]
                User=nobody
                Group=nogroup
                Environment=GRAP_ENV_FILE={place}/grap.env
                ExecStart=
                ExecStart={Environment.ProcessPath} {place}/host/Grap.Host.dll --module {place}/Grap/Grap.psd1 {place}/job.ps1
                ReadWritePaths={repository}
                StandardOutput=file:{repository}/said
                StandardError=inherit
                """);
            var ended = machine.Run("systemctl", ["start", "grap-backup.service"])!;
            var said = File.ReadAllText(Path.Combine(repository, "said"));
            output.WriteLine(said);
            Assert.True(ended.ExitCode == 0, ended.Errors + Ask(machine, "status", "grap-backup.service") + said);
            var backup = Assert.Single(FolderRepository.Open(repository, create: false).List());
            Assert.Equal((100, VerificationLevel.Structure), (backup.Nodes, backup.VerifiedLevel));
        }
        finally
        {
            Directory.Delete(place, recursive: true);
        }
    }

    private ScheduleDefinition Schedule(string name, string cron, string script, params string[] words)
    {
        var program = Path.Combine(_folder, "program");
        SystemdMachine.WriteProgram(program, script);
        return new ScheduleDefinition(name, CronSchedule.Parse(cron), new ScheduledCommand(program, words));
    }

    private static string Ask(SystemdMachine machine, params string[] arguments) =>
        machine.Run("systemctl", arguments)!.Output.Trim();
}
