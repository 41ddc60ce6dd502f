using System.Diagnostics;
using Grap.Backups;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Servers;
using Grap.Verification;

namespace Grap.Tests.Integration.OnlineCopy;

/// <summary>Servers that go away while their files are copied. One server, since each start costs seconds.</summary>
public sealed class GoneServerTests
{
    // To wait for a server that is down takes half a minute, and what these copies need, a second.
    private static readonly TimeSpan s_atOnce = TimeSpan.FromSeconds(15);

    private static readonly BackupOptions s_hotCopy = new() { Method = BackupMethod.HotCopy };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Before_the_first_page_it_ends_the_copy_at_once_and_afterwards_the_copy_is_whole()
    {
        await using var server = await ServerPool.StartInstalledAsync(LabServerOptions.DefaultVersion, Cancellation);
        await new GraphOptions(GraphName.Generated, 5_000).LoadAsync(server, Cancellation);

        await LoseBeforeTheFirstPageAsync(server);
        var content = await ProveAsync(server, VerificationLevel.Restore, async () =>
        {
            await server.Server.KillAsync();
            await server.Server.RestartAsync(Cancellation);
        });
        Assert.True(content!.Counts.Nodes >= 5_000);
        Assert.Empty(content.DroppedIndexes);
        if (ServerPool.IsFull)
            await ProveAsync(server, VerificationLevel.Structure, server.Server.KillAsync);
    }

    private static async Task LoseBeforeTheFirstPageAsync(InstalledServer server)
    {
        await using var proxy = new FaultyProxy(server.Uri);
        await using var workplace = await Workplace.OpenAsync(server, proxy.Address);
        var before = workplace.Files;
        proxy.After(1, _ =>
        {
            proxy.Target = new Uri("bolt://127.0.0.1:1");
            proxy.CutAll();
        });
        var clock = Stopwatch.StartNew();

        var failure = await Assert.ThrowsAsync<GrapException>(() => workplace.TakeAsync(s_hotCopy));

        Assert.True(clock.Elapsed < s_atOnce, $"It took {clock.Elapsed}.");
        Assert.True(
            failure.Condition is GrapCondition.ServerUnavailable or GrapCondition.ConnectionLost, failure.ToString());
        Assert.Empty(workplace.Repository.List());
        Assert.Equal(before, workplace.Files);
    }

    /// <summary>Copies, strikes in the middle of the pages, and proves the copy.</summary>
    private static async Task<RestoredContent?> ProveAsync(
        InstalledServer server, VerificationLevel level, Func<Task> strike)
    {
        await using var workplace = await Workplace.OpenAsync(server);
        var after = new Stopwatch();
        var backup = await new BackupTaker().TakeAsync(
            workplace.Session, workplace.Repository, s_hotCopy, new InTheMiddle(strike, after), Cancellation);

        Assert.True(after.IsRunning && after.Elapsed < s_atOnce, $"It took {after.Elapsed}.");
        Assert.Contains(backup.Manifest!.Physical!.Notes,
            static note => note.StartsWith("The server did not answer after the copy", StringComparison.Ordinal));
        var scratch = new ScratchOptions { Home = server.Home, Places = [] };
        var proof = await new Verifier(scratch: scratch).VerifyAsync(
            workplace.Repository, backup.Id, level, null, Cancellation);
        Assert.True(proof.Passed, string.Join(Environment.NewLine, proof.Problems));
        return proof.Content;
    }

    /// <summary>Strikes when a third of the pages is copied; the piece that came to it waits until that is done. Starts
    /// a clock then.</summary>
    private sealed class InTheMiddle(Func<Task> strike, Stopwatch after) : IProgress<WorkProgress>
    {
        private int _struck;

        public void Report(WorkProgress value)
        {
            if (value.Fraction is not (> 0.3 and < 1) || Interlocked.Exchange(ref _struck, 1) != 0)
                return;
            Task.Run(strike).Wait(Cancellation);
            after.Start();
        }
    }
}
