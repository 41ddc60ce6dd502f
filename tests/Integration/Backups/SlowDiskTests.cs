using System.Diagnostics;
using Grap.Backups;
using Grap.Bolt;
using Grap.Servers;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Backups;

/// <summary>A repository that writes slowly slows the reading down; what was read and not yet written stays
/// bounded.</summary>
public class SlowDiskTests(OwnServer own) : IClassFixture<OwnServer>
{
    private const long Mebibyte = 1 << 20;

    private static readonly TimeSpan s_eachWrite = TimeSpan.FromMilliseconds(250);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task Reading_is_never_far_ahead_of_a_slow_disk_and_can_be_cancelled()
    {
        var server = await own.GetAsync();
        await OwnServer.RunAsync(server,
            "UNWIND range(1, 20000) AS i CALL { WITH i CREATE (:Wide {i: i, v: $v}) } IN TRANSACTIONS OF 500 ROWS",
            ("v", new byte[8 << 10]));
        await using var proxy = new FaultyProxy(server.Uri);
        var disk = new SlowFileSystem(s_eachWrite);
        await using var workplace = await Workplace.OpenAsync(
            new SessionOptions(BoltAddress.Parse(proxy.Address), server.Auth), disk);
        var ahead = new Ahead(proxy, disk);

        var backup = await new BackupTaker().TakeAsync(
            workplace.Session, workplace.Repository, new BackupOptions { Method = BackupMethod.Bolt, CompressionLevel = 0 }, ahead, Cancellation);

        Assert.Equal(Exactness.Exact, backup.Exactness);
        Assert.True(backup.RawBytes > 160 * Mebibyte);
        // The budget of 32 MiB, a part and rows of 4 MiB for each connection, and what the sockets on both sides of the
        // proxy hold, which the system may let grow to 6 MiB each (seen: 72 to 80 MiB in all). That it was ahead at all
        // shows that the disk, not the server, was what took the time.
        Assert.InRange(ahead.Most, 16 * Mebibyte, 112 * Mebibyte);

        var before = workplace.Files;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var clock = new Stopwatch();
        using var starts = stop.Token.Register(clock.Start);
        proxy.After(100 * Mebibyte, _ => stop.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new BackupTaker().TakeAsync(
            workplace.Session, workplace.Repository, new BackupOptions { Method = BackupMethod.Bolt, CompressionLevel = 0 }, null, stop.Token));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}.");
        Assert.Single(workplace.Repository.List());
        Assert.Equal(before, workplace.Files);
    }

    /// <summary>Looks, whenever progress is told, how many bytes have come from the server and are not in the
    /// file.</summary>
    private sealed class Ahead(FaultyProxy proxy, SlowFileSystem disk) : IProgress<WorkProgress>
    {
        private long _most;

        public long Most => Interlocked.Read(ref _most);

        public void Report(WorkProgress value)
        {
            var now = proxy.Received - disk.Written;
            if (now > Most)
                Interlocked.Exchange(ref _most, now);
        }
    }
}
