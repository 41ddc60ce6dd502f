using System.Diagnostics;
using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.OnlineCopy;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Servers;
using Grap.Tests.Torture.OnlineCopy.Controls;

namespace Grap.Tests.Integration.OnlineCopy;

/// <summary>Copies under a writer of servers that go away meanwhile, each recovered and compared with what the writer
/// had acknowledged; a short run of what the torture does two hundred times (docs/torture.md), with one of its negative
/// controls. One server for all of it, since each start costs seconds.</summary>
public sealed class GoneServerTests
{
    private const int Nodes = 5_000;

    // To wait for a server that is down takes half a minute, and what these copies need, a second.
    private static readonly TimeSpan s_atOnce = TimeSpan.FromSeconds(15);

    private static readonly BackupOptions s_hotCopy = new() { Method = BackupMethod.HotCopy };

    // Eviction, checkpoints, rotation and pruning all the time, as the torture has it.
    private static readonly Dictionary<string, string> s_harsh = new()
    {
        ["db.checkpoint.interval.time"] = "1s",
        ["db.checkpoint.interval.tx"] = "100",
        ["db.tx_log.rotation.size"] = "256k",
        ["db.tx_log.rotation.retention_policy"] = "keep_none",
        ["db.tx_log.preallocate"] = "false",
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public async Task Before_the_first_page_it_ends_the_copy_at_once_and_afterwards_the_copy_is_whole_and_a_wrong_one_is_found(
        string version)
    {
        var options = ServerPool.Options(version) with { Settings = s_harsh, PageCacheMegabytes = 8 };
        await using var server = await ServerPool.StartInstalledAsync(options, Cancellation);
        await new GraphOptions(GraphName.Generated, Nodes).LoadAsync(server, Cancellation);

        await LoseBeforeTheFirstPageAsync(server);
        await using var workplace = await Workplace.OpenAsync(server);
        await CopyAndProveAsync(server, workplace, "restarted", async () =>
        {
            await server.Server.KillAsync();
            await server.Server.RestartAsync(Cancellation);
        });
        await FindAWrongCopyAsync(server, workplace, right: "restarted");
        if (ServerPool.IsFull)
        {
            await using var again = await Workplace.OpenAsync(server);
            await CopyAndProveAsync(server, again, "killed", server.Server.KillAsync);
        }
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

    /// <summary>Copies under a writer, strikes in the middle of the pages, and proves the copy.</summary>
    private static async Task CopyAndProveAsync(
        InstalledServer server, Workplace workplace, string id, Func<Task> strike)
    {
        var after = new Stopwatch();
        var writer = await LedgerWriter.StartAsync(server, cancellation: Cancellation);
        long acknowledged;
        try
        {
            await writer.WaitForAsync(50, Cancellation);
            acknowledged = writer.Newest;
            await new BackupTaker().TakeAsync(workplace.Session, workplace.Repository,
                s_hotCopy with { Id = id }, new InTheMiddle(strike, after), Cancellation);
        }
        finally
        {
            // It lost its server.
            await Assert.ThrowsAsync<BoltException>(async () => await writer.DisposeAsync());
        }

        Assert.True(after.IsRunning && after.Elapsed < s_atOnce, $"It took {after.Elapsed}.");
        Assert.Contains(workplace.Repository.Get(id).Manifest!.Physical!.Notes,
            static note => note.StartsWith("The server did not answer after the copy", StringComparison.Ordinal));
        Assert.Empty(await ProblemsAsync(server, workplace, id, acknowledged));
    }

    /// <summary>Were this one good, the others being good would mean nothing.</summary>
    private static async Task FindAWrongCopyAsync(InstalledServer server, Workplace workplace, string right)
    {
        long acknowledged;
        await using (var writer = await LedgerWriter.StartAsync(server, cancellation: Cancellation))
        {
            await writer.WaitForAsync(50, Cancellation);
            acknowledged = writer.Newest;
            await ControlCopy.PublishAsync(server.DataFolder!, workplace.Repository, right, "wrong", Cancellation);
        }

        var problems = await ProblemsAsync(server, workplace, "wrong", acknowledged);

        TestContext.Current.SendDiagnosticMessage(string.Join(Environment.NewLine, problems));
        Assert.NotEmpty(problems);
    }

    /// <summary>Recovers a copy and says what is wrong with it.</summary>
    private static async Task<IReadOnlyList<string>> ProblemsAsync(
        InstalledServer server, Workplace workplace, string id, long acknowledged)
    {
        using var archive = workplace.Repository.OpenArchive(id);
        try
        {
            await using var recovered = await RecoveredDatabase.RecoverAsync(
                archive, new ScratchOptions { Home = server.Home, Places = [] }, step: null, Cancellation);
            await using (var connection = await recovered.Session.ConnectAsync(BoltAccessMode.Read, Cancellation))
            {
                var problems = await LedgerWriter.InspectAsync(connection, acknowledged, Cancellation);
                if (problems.Count > 0)
                    return problems;
            }
            Assert.Equal(archive.Manifest.Transactions!.Last, recovered.LastTransaction);
            Assert.Empty(recovered.DroppedIndexes);
            Assert.Empty(recovered.FailedIndexes);
            await recovered.StopAsync(Cancellation);
            var report = await recovered.CheckAsync(Cancellation);
            return report.Consistent ? [] : [$"{report.Summary} {report.Details}"];
        }
        catch (Exception failure) when (failure is GrapException or BoltException)
        {
            return [failure.Message];
        }
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
