using System.Diagnostics;
using Grap.Bolt;
using Grap.Lab;
using Grap.Lab.Installations;
using Grap.Servers.Installations;

namespace Grap.Tests.Integration.Servers;

/// <summary>Servers that Grap starts for itself: they start, stop, die with their owner, and leave nothing
/// behind.</summary>
public sealed class LocalServerTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("grap-local-servers-").FullName;

    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public async Task A_server_comes_up_is_stopped_cleanly_killed_and_started_again(string version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var server = await LocalServer.StartAsync(await InstallationAsync(version), Options(), cancellation);
        await using (server)
        {
            Assert.Equal([version], await AskAsync(
                server, "CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0]"));
            await AskAsync(server, "CREATE (n:Kept { by: 'a clean stop' }) RETURN 1");
            Assert.True(await server.StopAsync(cancellation));
            Assert.Contains(server.Lines, line => line.EndsWith(" Stopped.", StringComparison.Ordinal));

            await server.RestartAsync(cancellation);
            await AskAsync(server, "CREATE (n:Kept { by: 'recovery' }) RETURN 1");
            await server.KillAsync();
            Assert.False(IsRunning(server.ProcessId));

            await server.RestartAsync(cancellation);
            Assert.Equal(["a clean stop", "recovery"], await AskAsync(server, "MATCH (n:Kept) RETURN n.by ORDER BY n.by"));
        }

        Assert.False(IsRunning(server.ProcessId));
        Assert.Empty(Directory.GetFileSystemEntries(_parent));
    }

    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public async Task Nobody_enters_without_the_password_which_no_argument_shows(string version)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var options = Options() with { Password = "only-for-the-owner-ü" };
        await using var server = await LocalServer.StartAsync(await InstallationAsync(version), options, cancellation);

        foreach (var auth in new[] { BoltAuth.None, BoltAuth.Basic("neo4j", "neo4j"), BoltAuth.Basic("neo4j", "wrong") })
        {
            await using var stranger = new BoltDriver(server.Address, auth);
            var refused = await Assert.ThrowsAsync<BoltException>(
                async () => await stranger.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation));
            Assert.Equal(BoltErrorKind.AuthenticationFailed, refused.Kind);
        }

        Assert.Equal(["1"], await AskAsync(server, "RETURN '1'"));
        if (OperatingSystem.IsLinux())
        {
            foreach (var file in Directory.GetDirectories("/proc").Select(process => Path.Combine(process, "cmdline")))
                Assert.DoesNotContain("only-for-the-owner", ReadIfThere(file), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public async Task A_setting_that_Neo4j_does_not_know_is_named_in_the_error(string version)
    {
        var options = Options() with { Settings = new Dictionary<string, string> { ["server.no.such.setting"] = "1" } };
        var installation = await InstallationAsync(version);

        var failed = await Assert.ThrowsAsync<GrapException>(
            () => LocalServer.StartAsync(installation, options, TestContext.Current.CancellationToken));

        Assert.Equal(GrapCondition.ScratchServerUnavailable, failed.Condition);
        Assert.Contains("server.no.such.setting", failed.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_parent));
    }

    [Fact]
    public async Task A_start_that_is_cancelled_leaves_nothing_behind()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var installation = await InstallationAsync("5.26.30");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => LocalServer.StartAsync(installation, Options(), soon.Token));

        Assert.Empty(Directory.GetFileSystemEntries(_parent));
    }

    [Fact]
    public async Task A_start_that_takes_too_long_says_so()
    {
        var installation = await InstallationAsync("5.26.30");
        var options = Options() with { StartLimit = TimeSpan.FromSeconds(1) };

        var failed = await Assert.ThrowsAsync<GrapException>(
            () => LocalServer.StartAsync(installation, options, TestContext.Current.CancellationToken));

        Assert.Equal(GrapCondition.ScratchServerUnavailable, failed.Condition);
        Assert.Contains("did not come online within 1 second", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_dies_with_its_owner_and_the_next_run_removes_its_folder()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await InstallationAsync("5.26.30"); // or skip
        using var owner = LabProgram.Start(["serve", "--version", "5.26.30"], ("XDG_DATA_HOME", _parent));
        var ready = LabProgram.Parse(await owner.StandardOutput.ReadLineAsync(cancellation));
        var serverId = (int)ready["pid"]!;
        var folder = Path.GetDirectoryName((string)ready["dataFolder"]!)!;
        Assert.True(IsRunning(serverId));

        owner.Kill(); // -9, and only itself
        await owner.WaitForExitAsync(cancellation);

        var patience = Stopwatch.StartNew();
        while (IsRunning(serverId))
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(20), "The server outlived its owner.");
            await Task.Delay(50, cancellation);
        }
        Assert.Equal([folder], LocalServer.RemoveLeftovers(Path.GetDirectoryName(folder)));
        Assert.False(Directory.Exists(folder));
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    private LocalServerOptions Options() => new() { ParentFolder = _parent, PageCacheMegabytes = 64 };

    private static async Task<Neo4jInstallation> InstallationAsync(string version)
    {
        var finder = new InstallationFinder();
        try
        {
            return await finder.OnThisMachineAsync(version, TestContext.Current.CancellationToken)
                ?? await finder.FromOfficialArchiveAsync(version, TestContext.Current.CancellationToken)
                ?? throw InstallationFinder.NoneFound(version);
        }
        catch (LabException none)
        {
            Assert.Skip(none.Message);
            throw;
        }
    }

    private static async Task<IReadOnlyList<string>> AskAsync(LocalServer server, string text)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var driver = new BoltDriver(server.Address, server.Authentication);
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write, cancellation: cancellation);
        var query = new BoltQuery(text) { Mode = BoltAccessMode.Write };
        await using var cursor = await connection.RunAsync(query, cancellation);
        var rows = new List<string>();
        while (await cursor.ReadAsync(cancellation))
            rows.Add(Convert.ToString(cursor.Values[0], System.Globalization.CultureInfo.InvariantCulture)!);
        return rows;
    }

    private static bool IsRunning(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string ReadIfThere(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // the process ended, or is no process
        }
    }
}
