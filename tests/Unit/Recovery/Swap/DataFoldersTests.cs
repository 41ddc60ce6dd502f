using Grap.Recovery.Promotion.Swap;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Recovery.Swap;

/// <summary>Copies beside a server's folders, as the server would have made them itself.</summary>
public sealed class DataFoldersTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("grap-data-folders-").FullName;
    private readonly DataFolders _folders = new();

    private string From => Path.Combine(_root, "from");

    private string To => Path.Combine(_root, "to");

    private string Like => Path.Combine(_root, "like");

    [Fact]
    public void A_copy_holds_all_but_the_servers_lock()
    {
        Make();

        var copied = new List<long>();
        _folders.Copy(From, To, Like, copied.Add, default);

        Assert.Equal(
            ["neostore", "schema", "schema/index", "schema/index/1"],
            Directory.EnumerateFileSystemEntries(To, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(To, path).Replace('\\', '/')).Order(StringComparer.Ordinal));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(Path.Combine(To, "neostore")));
        Assert.Equal(4, copied.Sum());
    }

    [Fact]
    public void A_copy_has_the_mode_and_the_owner_of_the_folder_that_it_is_to_be_like()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("There are no modes and owners of Unix.");
            return;
        }
        Make();
        var owner = Environment.IsPrivilegedProcess ? new UnixOwner(12_345, 23_456) : UnixOwner.Of(Like);
        owner.Give(Like);
        File.SetUnixFileMode(Like, (UnixFileMode)0b_111_101_000);
        File.SetUnixFileMode(Path.Combine(From, "neostore"), (UnixFileMode)0b_111_111_111);

        _folders.Copy(From, To, Like, _ => { }, default);

        Assert.Equal((UnixFileMode)0b_111_101_000, File.GetUnixFileMode(To));
        Assert.Equal((UnixFileMode)0b_111_101_000, File.GetUnixFileMode(Path.Combine(To, "schema")));
        Assert.Equal((UnixFileMode)0b_110_100_000, File.GetUnixFileMode(Path.Combine(To, "neostore")));
        Assert.Equal(owner, UnixOwner.Of(Path.Combine(To, "schema", "index")));
        Assert.Equal(owner, UnixOwner.Of(To));
    }

    [Fact]
    public void A_copy_is_on_the_disk_with_all_names_and_bytes()
    {
        Make();
        var disk = new WatchedDisk();

        new DataFolders(disk).Copy(From, To, Like, _ => { }, default);

        var left = disk.AfterPowerFailure(To);
        Assert.Equal(["neostore", "schema/index/1"], left.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([1, 2, 3], left["neostore"]);
        Assert.Equal([4], left["schema/index/1"]);
    }

    [Fact]
    public void Names_are_on_the_disk_when_they_are_synced()
    {
        Make();
        var disk = new WatchedDisk();
        Assert.Empty(disk.AfterPowerFailure(From));

        new DataFolders(disk).SyncNames(From);

        Assert.Contains("neostore", disk.AfterPowerFailure(From).Keys);
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        Make();
        File.CreateSymbolicLink(Path.Combine(From, "schema", "secret"), "/etc/passwd");

        Assert.Throws<IOException>(() => _folders.Copy(From, To, Like, _ => { }, default));
    }

    [Fact]
    public void A_folder_is_not_renamed_over_another_one()
    {
        Make();
        Directory.CreateDirectory(To);
        File.WriteAllText(Path.Combine(To, "kept"), "");

        Assert.ThrowsAny<IOException>(() => _folders.Rename(From, To));
        Assert.True(File.Exists(Path.Combine(To, "kept")));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Make()
    {
        Directory.CreateDirectory(Like);
        Directory.CreateDirectory(Path.Combine(From, "schema", "index"));
        File.WriteAllBytes(Path.Combine(From, "neostore"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(From, "database_lock"), []);
        File.WriteAllBytes(Path.Combine(From, "schema", "index", "1"), [4]);
    }
}
