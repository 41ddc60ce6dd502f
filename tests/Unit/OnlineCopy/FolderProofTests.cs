using Grap.OnlineCopy;
using Grap.Servers.Control;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>Which folder is the connected server's.</summary>
public sealed class FolderProofTests : IDisposable
{
    private readonly DataFolder _data = new();
    private readonly List<string> _notes = [];
    private readonly StoreId _store = StoreId.FromNeostore(RealFile.Neostore("5.26.30"))!;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task The_servers_own_folder_is_proven() =>
        Assert.Equal(_store, await ProveAsync(_store.CreatedAt!.Value, acknowledged: 101, newest: 102));

    [Fact]
    public async Task A_store_of_another_moment_is_refused() =>
        await RefusedAsync(_store.CreatedAt!.Value.AddMilliseconds(1), acknowledged: 101, newest: 102);

    [Fact]
    public async Task A_copy_that_was_left_behind_is_refused() =>
        await RefusedAsync(_store.CreatedAt!.Value, acknowledged: 103, newest: 103);

    [Fact]
    public async Task A_folder_that_is_ahead_of_the_server_is_refused() =>
        await RefusedAsync(_store.CreatedAt!.Value, acknowledged: 90, newest: 90);

    [Fact]
    public async Task Files_that_nobody_has_locked_are_not_those_of_a_server_on_this_machine()
    {
        Assert.SkipUnless(StoreLock.IsVisible, "Locks of other processes cannot be seen here.");
        _data.Store("database_lock", []);

        await RefusedAsync(_store.CreatedAt!.Value, acknowledged: 102, newest: 102, isHere: true);
        Assert.Empty(_notes);
        await ProveAsync(_store.CreatedAt!.Value, acknowledged: 102, newest: 102, isHere: false);
        Assert.Contains("lock", Assert.Single(_notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Told_folders_resolve_against_the_servers_home()
    {
        var home = Path.GetTempPath();
        var told = ServerDirectories.From(new Dictionary<string, string>
        {
            ["server.directories.data"] = "there", ["server.memory.pagecache.directio"] = "true",
        }, home)!;

        Assert.Equal((Path.Combine(home, "there"), Path.Combine(home, "there", "transactions"), true),
            (told.Data, told.LogRoot, told.DirectIo));
        Assert.Null(ServerDirectories.From(new Dictionary<string, string>(), home: null));
        Assert.Equal(GrapCondition.NotSupported, Assert.Throws<GrapException>(
            () => new DataFolderFinder(new DataFolderHints()).Find("neo4j", told, local: true)).Condition);
    }

    [Theory]
    [InlineData("../neo4j")]
    [InlineData("..")]
    [InlineData("")]
    public void A_name_that_leaves_the_folder_is_refused(string database) =>
        Assert.Throws<GrapException>(() => new DatabaseFiles(database, "/data"));

    [Fact]
    public void A_rate_makes_readers_wait()
    {
        var time = new FakeTime { RunsByItself = true };
        var rate = new ByteRate(1 << 20, time);

        for (var i = 0; i < 11; i++)
            rate.Take(1 << 20, TestContext.Current.CancellationToken);

        Assert.Equal(10, time.Waited.TotalSeconds, 3);
    }

    [Fact]
    public void A_rate_may_change()
    {
        var time = new FakeTime { RunsByItself = true };
        var perSecond = 0L;
        var rate = new ByteRate(() => perSecond, time);
        var waited = new List<double>();

        foreach (var now in new[] { 0, 2 << 20, 1 << 20, 0 })
        {
            perSecond = now;
            for (var i = 0; i < 3; i++)
                rate.Take(1 << 20, TestContext.Current.CancellationToken);
            waited.Add(time.Waited.TotalSeconds);
        }

        // Nothing; 3 less the one that is taken at once; what is still due of it, and 2; nothing.
        Assert.Equal([0, 1, 3.5, 3.5], waited.Select(static seconds => Math.Round(seconds, 3)));
    }

    private async Task RefusedAsync(DateTimeOffset created, long acknowledged, long newest, bool isHere = false)
    {
        var refused = await Assert.ThrowsAsync<GrapException>(() => ProveAsync(created, acknowledged, newest, isHere));
        Assert.Equal(GrapCondition.DataFolderMismatch, refused.Condition);
    }

    private Task<StoreId> ProveAsync(DateTimeOffset created, long acknowledged, long newest, bool isHere = false) =>
        new FolderProof(() => Task.FromResult(newest), _notes.Add, new FakeTime { RunsByItself = true }).ProveAsync(
            _data.Files, new DatabaseFacts(created, acknowledged, isHere), TestContext.Current.CancellationToken);
}
