using System.Diagnostics;
using Grap.Backups;
using Grap.Bolt;
using Grap.Graphs;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Recovery;
using Grap.Servers;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Reading;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Recovery;

/// <summary>Restores that are disturbed: nothing is written twice, nothing is missing, and they end when they are told
/// to.</summary>
public sealed class RestoreFaultTests(ServerPool servers, ITestOutputHelper output)
{
    // Many transactions for a small graph.
    private static readonly RestoreOptions s_smallBatches = new() { BatchElements = 50, Writers = 3 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_COMMIT_or_the_answer_to_one_that_is_lost_writes_nothing_twice_and_leaves_nothing_out()
    {
        var (server, workplace, backup, original) = await PrepareAsync(2_000);
        await using var given = server;
        await using var removed = workplace;
        await using var proxy = new FaultyProxy(server.Server.Uri);
        // Of nodes, of relationships, and of several writers at once.
        int[] onTheWay = [1, 20, 61, 62, 90];
        int[] answers = [2, 21, 22, 60, 63, 91];
        foreach (var number in onTheWay)
            proxy.LoseCommit(number, arrives: false);
        foreach (var number in answers)
            proxy.LoseCommit(number, arrives: true);
        await using var target = await Workplace.OpenAsync(server.Server, proxy.Address);

        var result = await RestoreAsync(workplace, backup, target.Session, s_smallBatches, Cancellation);

        Assert.True(proxy.AllAreLost);
        Assert.True(result.Retries >= onTheWay.Length, $"{result.Retries} transactions were sent again.");
        Assert.Equal((backup.Nodes, backup.Relationships), (result.Nodes, result.Relationships));
        var restored = await new JavaScriptDriver().DumpAsync(server.Server, Cancellation);
        Assert.Equal(Renumbering.Expected(original, result.NodeIds), Renumbering.Actual(restored));
    }

    [Fact]
    public async Task What_meets_somebody_else_in_a_deadlock_is_written_again()
    {
        var (server, workplace, backup, original) = await PrepareAsync(1_500);
        await using var given = server;
        await using var removed = workplace;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var other = LockAsync(server.Server, stop.Token);

        RestoreResult result;
        try
        {
            result = await RestoreAsync(
                workplace, backup, workplace.Session, s_smallBatches with { BatchElements = 20 }, Cancellation);
        }
        finally
        {
            // Others borrow the server next.
            await stop.CancelAsync();
        }
        output.WriteLine($"{result.Retries} transactions were sent again; the other lost {await other} times.");
        Assert.True(result.Retries > 0);
        Assert.Equal((backup.Nodes, backup.Relationships), (result.Nodes, result.Relationships));
        var restored = await new JavaScriptDriver().DumpAsync(server.Server, Cancellation);
        Assert.Equal(Renumbering.Expected(original, result.NodeIds), Renumbering.Actual(restored));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cancelled_restore_ends_at_once_also_when_the_server_is_silent(bool silent)
    {
        var (server, workplace, backup, _) = await PrepareAsync(12_000, dump: false);
        await using var given = server;
        await using var removed = workplace;
        await using var proxy = new FaultyProxy(server.Server.Uri);
        await using var target = await Workplace.OpenAsync(server.Server, proxy.Address);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var clock = new Stopwatch();
        using var starts = stop.Token.Register(clock.Start);
        // Ids of what was created: some transactions later.
        proxy.After(10_000, _ =>
        {
            if (silent)
                proxy.Stall();
            stop.CancelAfter(TimeSpan.FromMilliseconds(300));
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => RestoreAsync(workplace, backup, target.Session, s_smallBatches, stop.Token));

        TestContext.Current.SendDiagnosticMessage($"It took {clock.Elapsed}.");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"It took {clock.Elapsed}.");
    }

    // Locks nodes in no order, a few at a time, lets them go again, and never changes anything. The younger of two
    // transactions loses, so that these begin early and take long. Returns how many were lost all the same.
    private static async Task<int> LockAsync(LabServer server, CancellationToken stop)
    {
        await using var driver = server.Connect();
        var lost = 0;
        while (!stop.IsCancellationRequested)
        {
            await using var connection = await driver.AcquireAsync(BoltAccessMode.Write, cancellation: Cancellation);
            try
            {
                await connection.BeginAsync(new BoltQuery("") { Mode = BoltAccessMode.Write }, Cancellation);
                for (var step = 0; step < 20 && !stop.IsCancellationRequested; step++)
                {
                    await using var cursor = await connection.RunAsync(
                        new BoltQuery("MATCH (n) WITH n ORDER BY rand() LIMIT 20 SET n.score = 0"), Cancellation);
                    await cursor.ReadAsync(Cancellation);
                }
                await connection.RollbackAsync(Cancellation);
            }
            catch (BoltException failure)
            {
                Assert.Equal("Neo.TransientError.Transaction.DeadlockDetected", failure.Code);
                lost++;
            }
        }
        return lost;
    }

    private static async Task<RestoreResult> RestoreAsync(
        Workplace from, Backup backup, Session to, RestoreOptions options, CancellationToken cancellation)
    {
        await using var source = new ArchiveGraph(from.Repository.OpenArchive(backup.Id));
        return await new GraphRestorer().RestoreAsync(source, to, options, null, cancellation);
    }

    // A backup of a graph on a server that has been emptied again.
    private async Task<(BorrowedServer Server, Workplace Workplace, Backup Backup, IReadOnlyList<string> Original)>
        PrepareAsync(int nodes, bool dump = true)
    {
        var server = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await server.LoadAsync(new GraphOptions(GraphName.Generated, nodes), Cancellation);
        var workplace = await Workplace.OpenAsync(server.Server);
        var backup = await workplace.TakeAsync();
        var original = dump ? await new JavaScriptDriver().DumpAsync(server.Server, Cancellation) : [];
        await EmptyDatabase.MakeAsync(server.Server, Cancellation);
        return (server, workplace, backup, original);
    }
}
