using Grap.Archives;
using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Tests.Unit.Archives;
using Xunit;

namespace Grap.Tests.Unit.OnlineCopy;

/// <summary>Copies of a data folder, sound and hostile.</summary>
public sealed class CopyRunTests : IDisposable
{
    private readonly DataFolder _data = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_copy_holds_the_stores_without_trees_and_the_log_up_to_its_last_commit()
    {
        var log = DataFolder.Long(5, 100);
        _data.Log("neostore.transaction.db.5", [.. log.Bytes, 20, 1, 4, 4, .. new byte[5000]]);

        var (copy, bytes) = await CopyAsync();

        Assert.Equal(102, copy.LastTransaction);
        Assert.Equal(
            ["neostore", "neostore.nodestore.db", "neostore.propertystore.db", "neostore.transaction.db.5",
                "checkpoint.0"],
            copy.Content.Files.Select(static file => file.Name));
        Assert.Empty(copy.Content.Notes);
        using var archive = SmallArchive.Open(bytes);
        for (var number = 0; number < copy.Content.Files.Count; number++)
        {
            var file = copy.Content.Files[number];
            var source = File.ReadAllBytes(Path.Combine(
                file.Kind == PhysicalFileKind.Log ? _data.Files.LogFolder : _data.Files.StoreFolder, file.Name));
            using var archived = new ArchivedFile(archive, number);
            var content = new byte[file.Length];
            for (var read = 0; read < content.Length; read += archived.ReadAt(read, content.AsSpan(read)))
                Assert.True(read < content.Length);
            Assert.Equal(source[..content.Length], content);
        }
        Assert.Equal(log.Bytes.Length, copy.Content.Files[3].Length);
        // Two pieces of zeros of the property store have no block.
        Assert.Single(archive.Blocks, static block => block.Key is (BlockKind.StoreFile, 2, _));
    }

    [Fact]
    public async Task Logs_that_follow_each_other_are_one_chain_and_others_are_refused_after_three_attempts()
    {
        _data.Log("neostore.transaction.db.6", new HandmadeLog(6, 102).Add([1]).Bytes);
        Assert.Equal(103, (await CopyAsync()).Copy.LastTransaction);

        _data.Log("neostore.transaction.db.6", new HandmadeLog(6, 101).Add([1]).Bytes);
        var broken = await Assert.ThrowsAsync<GrapException>(CopyAsync);
        Assert.Equal(GrapCondition.CopyFailed, broken.Condition);
        Assert.Contains("not one chain", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_log_is_refused_with_the_setting_to_raise()
    {
        File.Delete(Path.Combine(_data.Files.LogFolder, "neostore.transaction.db.5"));

        var gone = await Assert.ThrowsAsync<GrapException>(CopyAsync);

        Assert.Equal(GrapCondition.CopyFailed, gone.Condition);
        Assert.Contains("db.tx_log.rotation.retention_policy", gone.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_is_refused_and_a_foreign_file_is_left_out_and_said()
    {
        var secret = _data.Store("secret.txt", [1, 2, 3]);
        Assert.Contains("secret.txt", Assert.Single((await CopyAsync()).Copy.Content.Notes), StringComparison.Ordinal);

        File.CreateSymbolicLink(Path.Combine(_data.Files.StoreFolder, "neostore.link.db"), secret);
        var link = await Assert.ThrowsAsync<GrapException>(CopyAsync);
        Assert.Equal(GrapCondition.DataFolderUnavailable, link.Condition);
        Assert.Contains("is a link", link.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("neostore")]
    [InlineData("neostore.nodestore.db")]
    public async Task A_folder_without_a_store_is_refused(string name)
    {
        File.Delete(Path.Combine(_data.Files.StoreFolder, name));

        var refusal = await Assert.ThrowsAsync<GrapException>(CopyAsync);

        Assert.Equal(GrapCondition.DataFolderUnavailable, refusal.Condition);
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_stores_log_is_refused()
    {
        _data.Log("neostore.transaction.db.5",
            new HandmadeLog(5, 100, "2026.08.1").Add(new byte[264_000]).Bytes);

        var refusal = await Assert.ThrowsAsync<GrapException>(CopyAsync);

        Assert.Equal(GrapCondition.DataFolderMismatch, refusal.Condition);
    }

    [Fact]
    public void A_log_that_is_deleted_stays_readable_and_one_that_is_made_again_counts()
    {
        _data.Log("neostore.transaction.db.6", new HandmadeLog(6, 102).Bytes);
        using var logs = HeldLogs.TryHold(_data.Files, 5)!;
        File.Delete(Path.Combine(_data.Files.LogFolder, "neostore.transaction.db.5"));
        File.Delete(Path.Combine(_data.Files.LogFolder, "neostore.transaction.db.6"));
        _data.Log("neostore.transaction.db.6", new HandmadeLog(6, 102).Add([1]).Bytes);

        var chain = LogCopy.Read(logs.Settle()!, Cancellation)!;

        Assert.Equal((2, 103), (chain.Logs.Count, chain.LastTransaction));
    }

    [Fact]
    public void A_gap_between_logs_is_noticed()
    {
        _data.Log("neostore.transaction.db.7", new HandmadeLog(7, 102).Bytes);
        using var logs = HeldLogs.TryHold(_data.Files, 5)!;

        Assert.Null(logs.Settle());
        Assert.Null(HeldLogs.TryHold(_data.Files, 6));
    }

    private async Task<(CompletedCopy Copy, byte[] Archive)> CopyAsync()
    {
        var file = new MemoryFile();
        var store = StoreId.FromNeostore(RealFile.Neostore("5.26.30"))!;
        var run = new CopyRun(_data.Files, store, 1, new ByteRate(0, TimeProvider.System));
        var writers = new List<ArchiveWriter> { new(file, SmallArchive.Id) };
        try
        {
            var copy = await run.RunAsync(writers[0], () =>
            {
                file = new MemoryFile();
                writers.Add(new ArchiveWriter(file, SmallArchive.Id));
                return writers[^1];
            }, Cancellation);
            writers[^1].Complete(SmallArchive.Manifest() with
            {
                Method = BackupMethod.HotCopy, Physical = copy.Content,
            });
            return (copy, file.Bytes);
        }
        finally
        {
            writers.ForEach(static writer => writer.Dispose());
        }
    }
}
