using System.Diagnostics;
using System.Net.Sockets;
using Grap.Archives;
using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Repositories;
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
    public async Task A_store_without_its_id_is_refused_and_one_that_holds_nothing_yet_is_not()
    {
        _data.Store("neostore.nodestore.db", []);
        Assert.Equal(0, (await CopyAsync()).Copy.Content.Files[1].Length);

        _data.Store("neostore", []);
        var refusal = await Assert.ThrowsAsync<GrapException>(CopyAsync);

        Assert.Equal(GrapCondition.DataFolderUnavailable, refusal.Condition);
        Assert.Contains("is empty", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("neostore.relationshipstore.db", true)]
    [InlineData("neostore.relationshipstore.db", false)]
    [InlineData("neostore", true)]
    [InlineData("neostore.counts.db", true, null)]
    [InlineData("readme.fifo", true, "is left out")]
    public async Task A_pipe_or_a_socket_is_never_waited_for(string name, bool isPipe, string? note = "")
    {
        var path = Path.Combine(_data.Files.StoreFolder, name);
        File.Delete(path);
        using var special = MakeSpecial(path, isPipe);

        if (note != "")
        {
            var notes = (await CopyAsync()).Copy.Content.Notes;
            Assert.Equal(note is null, notes.Count == 0);
            Assert.All(notes, one => Assert.Contains(note!, one, StringComparison.Ordinal));
            return;
        }
        var refusal = await Assert.ThrowsAsync<GrapException>(CopyAsync);
        Assert.Equal(GrapCondition.DataFolderUnavailable, refusal.Condition);
        Assert.Contains("is a pipe or a socket", refusal.Message, StringComparison.Ordinal);
        if (name == "neostore")
            Assert.Throws<GrapException>(() => FolderProof.ReadStoreId(_data.Files));
    }

    [Theory]
    [InlineData("neostore.transaction.db.6")]
    [InlineData("checkpoint.1")]
    public async Task A_pipe_among_the_logs_is_none(string name)
    {
        using var special = MakeSpecial(Path.Combine(_data.Files.LogFolder, name), isPipe: true);

        Assert.Equal(102, (await CopyAsync()).Copy.LastTransaction);
    }

    [Fact]
    public async Task A_store_that_vanishes_before_it_is_opened_is_said()
    {
        var vanishing = Path.Combine(_data.Files.StoreFolder, "neostore.propertystore.db");

        var failure = await Assert.ThrowsAsync<GrapException>(
            () => CopyAsync(null, new VanishingFiles(() => File.Delete(vanishing))));

        Assert.Equal(GrapCondition.CopyFailed, failure.Condition);
        Assert.Contains($"'{vanishing}' vanished while", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_was_made_meanwhile_is_said()
    {
        var failure = await Assert.ThrowsAsync<GrapException>(
            () => CopyAsync(() => _data.Store("neostore.new.db", [1])));

        Assert.Equal(GrapCondition.CopyFailed, failure.Condition);
        Assert.Contains("neostore.new.db' was made while", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_left_out_may_come_and_go_and_what_is_open_may_go()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There what is open cannot be deleted.");

        var (copy, bytes) = await CopyAsync(() =>
        {
            File.Delete(Path.Combine(_data.Files.StoreFolder, "neostore.nodestore.db.id"));
            _data.Store("neostore.new.db.id", [1]);
            File.Delete(Path.Combine(_data.Files.StoreFolder, "neostore.propertystore.db"));
            File.Delete(Path.Combine(_data.Files.LogFolder, "neostore.transaction.db.5"));
        });

        Assert.Equal(102, copy.LastTransaction);
        Assert.Empty(copy.Content.Notes);
        using var archive = SmallArchive.Open(bytes);
        using var store = new ArchivedFile(archive, 2);
        var end = new byte[3];
        Assert.Equal(3, store.ReadAt(2 << 20, end));
        Assert.Equal([1, 2, 3], end);
    }

    [Fact]
    public async Task A_database_that_is_dropped_meanwhile_is_said()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There what is open cannot be deleted.");

        var failure = await Assert.ThrowsAsync<GrapException>(() => CopyAsync(() =>
        {
            if (Directory.Exists(_data.Files.StoreFolder))
                Directory.Delete(_data.Files.StoreFolder, recursive: true);
        }));

        Assert.Equal(GrapCondition.DataFolderUnavailable, failure.Condition);
        Assert.Contains(_data.Files.StoreFolder, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_that_ends_before_the_checkpoint_is_refused_after_three_attempts()
    {
        _data.Log("neostore.transaction.db.5", new HandmadeLog(5, 100).Add([1]).Bytes);

        var refusal = await Assert.ThrowsAsync<GrapException>(CopyAsync);

        Assert.Equal(GrapCondition.CopyFailed, refusal.Condition);
        Assert.Contains("shorter than the checkpoint", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_checkpoint_file_without_a_complete_one_does_not_count_and_without_any_there_is_no_copy()
    {
        var header = RealFile.Checkpoint("5.26.30")[..LogHeader.Size];
        _data.Log("checkpoint.1", [.. header, .. new byte[1000]]);
        Assert.Contains("checkpoint.0", (await CopyAsync()).Copy.Content.Files.Select(static file => file.Name));

        _data.Log("checkpoint.0", header);
        var refusal = await Assert.ThrowsAsync<GrapException>(CopyAsync);

        Assert.Equal(GrapCondition.DataFolderUnavailable, refusal.Condition);
        Assert.Contains("holds no complete checkpoint", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_file_as_no_server_writes_one_is_not_read()
    {
        using (var file = File.OpenWrite(Path.Combine(_data.Files.LogFolder, "checkpoint.1")))
            file.SetLength(CheckpointFile.MaxLength + 1L);

        var refusal = await Assert.ThrowsAsync<GrapException>(CopyAsync);

        Assert.Equal(GrapCondition.NotSupported, refusal.Condition);
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

    private static Socket? MakeSpecial(string path, bool isPipe)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no pipes among files.");
        if (!isPipe)
        {
            // Its path is longer than a socket's name may be: it is made elsewhere and moved.
            var made = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(new UnixDomainSocketEndPoint(made));
            File.Move(made, path);
            return socket;
        }
        using var mkfifo = Process.Start("mkfifo", [path]);
        mkfifo.WaitForExit();
        Assert.Equal(0, mkfifo.ExitCode);
        return null;
    }

    private Task<(CompletedCopy Copy, byte[] Archive)> CopyAsync() => CopyAsync(null);

    /// <summary>Copies.</summary>
    /// <param name="meanwhile">Done once, when the first piece is copied.</param>
    /// <param name="disk">What lists and opens; null for the disk.</param>
    private async Task<(CompletedCopy Copy, byte[] Archive)> CopyAsync(
        Action? meanwhile, IFileSystem? disk = null)
    {
        var file = new MemoryFile();
        var store = StoreId.FromNeostore(RealFile.Neostore("5.26.30"))!;
        var files = new DatabaseFiles("neo4j", _data.Path, null, disk);
        var run = new CopyRun(files, store, 1, new ByteRate(0, TimeProvider.System), new Meanwhile(meanwhile));
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

    /// <summary>Does something at the first piece; others wait for it.</summary>
    private sealed class Meanwhile(Action? act) : IProgress<long>
    {
        private readonly Lock _lock = new();
        private Action? _act = act;

        public void Report(long value)
        {
            lock (_lock)
            {
                _act?.Invoke();
                _act = null;
            }
        }
    }
}
