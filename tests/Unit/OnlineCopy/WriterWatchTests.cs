using Grap.Archives;
using Grap.OnlineCopy;
using Grap.Tests.Unit.Archives;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.OnlineCopy;

public sealed class WriterWatchTests : IDisposable
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    private readonly DataFolder _data = new();
    private readonly FakeTime _time = new();
    private readonly WriterWatch _watch;
    private DateTime _writtenAt = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public WriterWatchTests()
    {
        Commit();
        _watch = new WriterWatch(_data.Files, _time, freeBytes: 1L << 40);
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public void What_was_committed_before_does_not_count()
    {
        _time.Advance(s_look);

        Assert.Equal(0, _watch.BytesPerSecond());
        Assert.Null(_watch.Note);
    }

    [Fact]
    public void Beside_writers_a_copy_is_slow_and_two_seconds_after_the_last_it_is_not()
    {
        Commit();
        Assert.Equal(0, _watch.BytesPerSecond());
        _time.Advance(s_look);
        Assert.Equal(WriterWatch.SlowRate, _watch.BytesPerSecond());
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(WriterWatch.SlowRate, _watch.BytesPerSecond());
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(0, _watch.BytesPerSecond());
        Assert.StartsWith("Read at ", _watch.Note);

        Commit();
        _time.Advance(s_look);
        Assert.Equal(WriterWatch.SlowRate, _watch.BytesPerSecond());
    }

    [Fact]
    public void A_log_that_follows_another_was_written()
    {
        var next = _data.Log("neostore.transaction.db.6", DataFolder.Long(6, 101).Bytes);
        File.SetLastWriteTimeUtc(next, _writtenAt);
        _time.Advance(s_look);

        Assert.Equal(WriterWatch.SlowRate, _watch.BytesPerSecond());
    }

    [Fact]
    public void Once_the_logs_that_it_keeps_are_many_a_copy_hurries()
    {
        // Of 256 MiB each, as servers have them: what is reserved counts.
        foreach (var version in new[] { 6, 9, 10 })
        {
            MakeLog(version);
            Assert.Equal(version < 10 ? WriterWatch.SlowRate : 0, _watch.BytesPerSecond());
            Assert.Equal(version < 10, _watch.Pace is not null);
        }
        Assert.Contains("full speed", _watch.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_database_may_have_more_logs()
    {
        using (var store = new FileStream(Path.Combine(_data.Files.StoreFolder, "neostore.nodestore.db"), FileMode.Open))
            store.SetLength(10L << 30);
        var watch = new WriterWatch(_data.Files, _time, freeBytes: 1L << 40);
        foreach (var version in new[] { 15, 16 })
        {
            MakeLog(version);
            Assert.Equal(version < 16 ? WriterWatch.SlowRate : 0, watch.BytesPerSecond());
        }
    }

    [Fact]
    public void A_disk_that_is_nearly_full_gets_no_more_logs_than_a_quarter_of_what_is_free()
    {
        var watch = new WriterWatch(_data.Files, _time, freeBytes: 4 * (513L << 20));
        foreach (var version in new[] { 7, 8 })
        {
            MakeLog(version);
            Assert.Equal(version < 8 ? WriterWatch.SlowRate : 0, watch.BytesPerSecond());
        }
    }

    [Fact]
    public void A_log_that_goes_at_this_moment_is_no_writer()
    {
        var only = Path.Combine(_data.Files.LogFolder, "neostore.transaction.db.5");
        File.Move(only, only + ".away");
        _time.Advance(s_look);
        Assert.Equal(0, _watch.BytesPerSecond());
        Assert.Null(_watch.Note);

        // And where it was gone in the beginning, what came then is what logs are counted from.
        var watch = new WriterWatch(_data.Files, _time, freeBytes: 1L << 40);
        MakeLog(900);
        Assert.Equal(WriterWatch.SlowRate, watch.BytesPerSecond());
    }

    [Fact]
    public void A_checkpoint_is_no_writer()
    {
        _data.Log("checkpoint.0", RealFile.Checkpoint("5.26.30"));
        _time.Advance(s_look);

        Assert.Equal(0, _watch.BytesPerSecond());
    }

    [Fact]
    public async Task A_copy_beside_writers_reads_far_fewer_bytes_a_second_than_one_beside_none()
    {
        const int Pieces = 128;
        using (var store = File.Create(Path.Combine(_data.Files.StoreFolder, "neostore.relationshipstore.db")))
            store.SetLength((long)Pieces << 20);

        Assert.Equal(TimeSpan.Zero, (await CopyAsync(static () => { })).Waited);
        var busy = await CopyAsync(Commit);

        // It is noticed at the first look, and what each reader takes then is due before it has to wait.
        var slow = Pieces - 16 - Environment.ProcessorCount;
        Assert.True(busy.Waited + busy.Read >= TimeSpan.FromSeconds(slow * (double)(1 << 20) / WriterWatch.SlowRate),
            $"{busy.Waited} for {slow} MiB.");
        Assert.True(busy.Waited > TimeSpan.Zero);
    }

    [Fact]
    public void It_grows_with_the_cores() =>
        Assert.Equal(10_000_000L * Environment.ProcessorCount, WriterWatch.SlowRate);

    /// <summary>Copies from a disk that needs 4 ms for each piece.</summary>
    /// <param name="atEachPiece">What the server does then.</param>
    private async Task<(TimeSpan Waited, TimeSpan Read)> CopyAsync(Action atEachPiece)
    {
        var time = new FakeTime { RunsByItself = true };
        var watch = new WriterWatch(_data.Files, time, freeBytes: 1L << 40);
        var pieces = 0;
        var disk = TimeSpan.FromMilliseconds(4);
        var run = new CopyRun(_data.Files, StoreId.FromNeostore(RealFile.Neostore("5.26.30"))!, 1,
            new ByteRate(watch.BytesPerSecond, time), new AtEachPiece(() =>
            {
                atEachPiece();
                time.Advance(disk);
                pieces++;
            }));
        using var archive = new ArchiveWriter(new MemoryFile(), SmallArchive.Id);
        await run.RunAsync(archive, static () => throw new InvalidOperationException("It began again."),
            TestContext.Current.CancellationToken);
        return (time.Waited, pieces * disk);
    }

    private sealed class AtEachPiece(Action act) : IProgress<long>
    {
        private readonly Lock _lock = new();

        public void Report(long value)
        {
            lock (_lock)
                act();
        }
    }

    /// <summary>A new log of 256 MiB, and time to notice it.</summary>
    private void MakeLog(int version)
    {
        using (var log = File.Create(Path.Combine(_data.Files.LogFolder, $"neostore.transaction.db.{version}")))
            log.SetLength(256 << 20);
        _time.Advance(s_look);
    }

    private void Commit()
    {
        _writtenAt += TimeSpan.FromMilliseconds(4);
        File.SetLastWriteTimeUtc(Path.Combine(_data.Files.LogFolder, "neostore.transaction.db.5"), _writtenAt);
    }
}
