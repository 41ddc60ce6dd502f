using System.Diagnostics;
using Grap.Servers.Installations;
using Newtonsoft.Json;
using Xunit;

namespace Grap.Tests.Unit.Servers;

public sealed class ServerFolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("grap-servers-").FullName;

    [Fact]
    public void A_folder_whose_owner_lives_is_left_alone()
    {
        using var folder = ServerFolder.Create(_parent, keep: false, TimeProvider.System);

        Assert.Empty(ServerFolder.RemoveLeftovers(_parent));
        Assert.True(Directory.Exists(folder.Path));
    }

    [Fact]
    public void A_folder_whose_owner_died_is_removed()
    {
        var path = LeaveBehind(keep: false);

        Assert.Equal([path], ServerFolder.RemoveLeftovers(_parent));
        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public void A_folder_to_be_kept_loses_only_its_marker()
    {
        var path = LeaveBehind(keep: true);

        Assert.Equal([path], ServerFolder.RemoveLeftovers(_parent));
        Assert.True(File.Exists(Path.Combine(path, "data", "store")));
        Assert.Empty(ServerFolder.RemoveLeftovers(_parent));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{ \"name\": \"something else\" }")]
    [InlineData("not json")]
    [InlineData("")]
    public void A_folder_of_somebody_else_is_left_alone(string? marker)
    {
        var path = Directory.CreateDirectory(Path.Combine(_parent, "foreign")).FullName;
        if (marker is not null)
            File.WriteAllText(Path.Combine(path, "server.json"), marker);

        Assert.Empty(ServerFolder.RemoveLeftovers(_parent));
        Assert.True(Directory.Exists(path));
    }

    [Fact]
    public void A_process_with_the_id_of_a_server_that_ended_long_ago_is_not_killed()
    {
        using var self = Process.GetCurrentProcess();
        var reused = new ProcessIdentity(self.Id, new DateTimeOffset(self.StartTime).AddDays(-1));

        LeaveBehind(keep: false, server: reused);

        Assert.Single(ServerFolder.RemoveLeftovers(_parent)); // and these tests go on
    }

    [Fact]
    public void A_server_that_outlived_its_owner_is_ended()
    {
        using var survivor = Process.Start(Sleep())!;
        LeaveBehind(keep: false, server: ProcessIdentity.Of(survivor));

        Assert.Single(ServerFolder.RemoveLeftovers(_parent));
        Assert.True(survivor.WaitForExit(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_server_without_an_owner_is_found_with_its_login_and_ended()
    {
        using var server = Process.Start(Sleep())!;
        string path;
        using (var folder = ServerFolder.Create(_parent, keep: true, TimeProvider.System))
        {
            folder.Started(ProcessIdentity.Of(server));
            Assert.Null(ServerFolder.FindKept(_parent));
            folder.Keep("bolt://127.0.0.1:1", "secret");
            path = folder.Path;
        }
        var found = ServerFolder.FindKept(_parent);
        Assert.Equal(("bolt://127.0.0.1:1", "neo4j", "secret"), (found!.Uri, found.User, found.ReadPassword()));
        Assert.DoesNotContain("secret", JsonConvert.SerializeObject(found), StringComparison.Ordinal);

        await ServerFolder.StopKeptAsync(_parent, TestContext.Current.CancellationToken);

        Assert.True(server.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Null(ServerFolder.FindKept(_parent));
        Assert.False(ServerFolder.IsInUse(_parent));
        Assert.True(Directory.Exists(path));
    }

    [Fact]
    public void A_server_without_an_owner_does_not_outlive_a_clearing_up()
    {
        using var server = Process.Start(Sleep())!;
        using (var folder = ServerFolder.Create(_parent, keep: true, TimeProvider.System))
        {
            folder.Started(ProcessIdentity.Of(server));
            folder.Keep("bolt://127.0.0.1:1", "secret");
            // Also while the process that let it go still runs.
            Assert.Single(ServerFolder.RemoveLeftovers(_parent));
        }
        Assert.True(server.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Null(ServerFolder.FindKept(_parent));
    }

    [Fact]
    public void Only_its_owner_can_look_into_it()
    {
        using var folder = ServerFolder.Create(_parent, keep: false, TimeProvider.System);

        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows folders inherit the access list of the user's own folder.");
        else
            Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(folder.Path)); // rwx------
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    // What a killed owner leaves: the folder, the marker, an owner's lock that nobody holds.
    private string LeaveBehind(bool keep, ProcessIdentity? server = null)
    {
        var path = Directory.CreateDirectory(Path.Combine(_parent, "left-behind")).FullName;
        Directory.CreateDirectory(Path.Combine(path, "data"));
        File.WriteAllText(Path.Combine(path, "data", "store"), "");
        File.WriteAllText(Path.Combine(path, "owner.lock"), "");
        var marker = new ServerMarker { Owner = EndedProcess(), Server = server, KeepFolder = keep };
        File.WriteAllText(Path.Combine(path, "server.json"), JsonConvert.SerializeObject(marker));
        return path;
    }

    private static ProcessIdentity EndedProcess()
    {
        using var process = Process.Start(Sleep())!;
        var identity = ProcessIdentity.Of(process);
        process.Kill();
        process.WaitForExit();
        return identity;
    }

    private static ProcessStartInfo Sleep() => OperatingSystem.IsWindows()
        ? new ProcessStartInfo("ping", "-n 60 127.0.0.1") { CreateNoWindow = true }
        : new ProcessStartInfo("sleep", "60");
}
