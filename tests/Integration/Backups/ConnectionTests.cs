using System.Diagnostics;
using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Servers;
using Grap.Servers;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Backups;

/// <summary>Connections that are cut and servers that go away in the middle of a backup: it goes on where that is
/// honest, and otherwise says what happened and leaves nothing behind.</summary>
public class ConnectionTests(OwnServer own) : IClassFixture<OwnServer>
{
    // Far behind the questions that a backup begins with, and in the middle of the first block.
    private const long MiddleOfABlock = 3_000_000;

    private const string Resumed = "reading resumed at node id";
    private const string PassWasVoid = "the pass was read again";

    // Eight more tries to connect take half a minute, and so does the clean end of a server on a busy machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_cut_in_the_middle_of_a_block_is_resumed_there()
    {
        var (undisturbed, disturbed) = await TakeTwiceAsync(
            static proxy => proxy.After(MiddleOfABlock, static connection => connection.Cut()));

        AssertSame(undisturbed, disturbed);
        Assert.Contains(disturbed.Notes, static n => n.Contains(Resumed, StringComparison.Ordinal));
        Assert.DoesNotContain(disturbed.Notes, static n => n.Contains(PassWasVoid, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_that_are_cut_again_and_again_still_give_the_whole_graph()
    {
        var (undisturbed, disturbed) = await TakeTwiceAsync(static proxy =>
        {
            proxy.After(MiddleOfABlock, CutAgain);

            // While rows still arrive in between, patience never ends.
            void CutAgain(ProxiedConnection connection)
            {
                connection.Cut();
                proxy.After(900_000, CutAgain);
            }
        });

        AssertSame(undisturbed, disturbed);
        Assert.True(disturbed.Notes.Count(static n => n.Contains(Resumed, StringComparison.Ordinal)) > 3);
    }

    [Fact]
    public async Task When_the_idle_transactions_connection_is_cut_the_pass_is_void_and_read_again()
    {
        // The session's own connection is the first, that of the idle transaction the second.
        var (undisturbed, disturbed) = await TakeTwiceAsync(
            static proxy => proxy.After(MiddleOfABlock, _ => proxy.Cut(1)));

        AssertSame(undisturbed, disturbed);
        Assert.Contains(disturbed.Notes, static n => n.Contains(PassWasVoid, StringComparison.Ordinal));
        Assert.DoesNotContain(disturbed.Notes, static n => n.Contains(Resumed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_connections_cut_at_once_are_opened_again()
    {
        var (undisturbed, disturbed) = await TakeTwiceAsync(
            static proxy => proxy.After(MiddleOfABlock, _ => proxy.CutAll()));

        AssertSame(undisturbed, disturbed);
        Assert.Contains(disturbed.Notes, static n => n.Contains(Resumed, StringComparison.Ordinal));
        Assert.Contains(disturbed.Notes, static n => n.Contains(PassWasVoid, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_that_are_cut_before_anything_arrives_end_the_backup()
    {
        await AssertFailsAsync(
            static proxy =>
            {
                proxy.After(MiddleOfABlock, CutAgain);

                // More than it takes to log in, less than one row.
                void CutAgain(ProxiedConnection connection)
                {
                    connection.Cut();
                    proxy.After(10_000, CutAgain);
                }
            },
            GrapCondition.ConnectionLost);
    }

    [Fact]
    public async Task A_server_killed_and_started_again_gives_a_true_backup_or_none()
    {
        var installed = await own.GetInstalledAsync();
        await using var proxy = new FaultyProxy(installed.Uri);
        await using var workplace = await OpenAsync(installed, proxy);
        var undisturbed = await UndisturbedAsync(installed);
        var before = workplace.Files;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.After(MiddleOfABlock, _ => reached.SetResult());

        var taking = workplace.TakeAsync();
        await reached.Task.WaitAsync(Cancellation);
        await installed.Server.KillAsync();
        await installed.Server.RestartAsync(Cancellation);
        proxy.Target = installed.Uri;

        GrapException? failure = null;
        try
        {
            var taken = Read(workplace, await taking);
            AssertSame(undisturbed, taken);
            Assert.Contains(taken.Notes, static n => n.Contains(PassWasVoid, StringComparison.Ordinal));
        }
        catch (GrapException e)
        {
            failure = e;
            Assert.True(e.Condition is GrapCondition.ServerUnavailable or GrapCondition.ConnectionLost, e.ToString());
            Assert.Empty(workplace.Repository.List());
            Assert.Equal(before, workplace.Files);
        }
        TestContext.Current.SendDiagnosticMessage(failure?.ToString() ?? "The backup was completed.");
    }

    [Fact]
    public async Task A_server_stopped_for_good_ends_the_backup_and_nothing_is_published()
    {
        var installed = await own.GetInstalledAsync();
        Task stopping = Task.CompletedTask;
        try
        {
            await AssertFailsAsync(
                proxy => proxy.After(MiddleOfABlock, _ => stopping = Task.Run(() => installed.Server.StopAsync())),
                GrapCondition.ServerUnavailable, GrapCondition.ConnectionLost);
        }
        finally
        {
            await stopping;
            await installed.Server.RestartAsync(Cancellation);
        }
    }

    [Fact]
    public async Task A_server_that_falls_silent_ends_the_backup_in_bounded_time() => await AssertFailsAsync(
        static proxy => proxy.After(MiddleOfABlock, _ => proxy.Stall()), GrapCondition.ServerUnavailable);

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task A_slow_network_only_takes_longer()
    {
        var (undisturbed, disturbed) = await TakeTwiceAsync(static proxy => proxy.BytesPerSecond = 4_000_000);

        AssertSame(undisturbed, disturbed);
        Assert.Empty(disturbed.Notes.Except(undisturbed.Notes));
    }

    [Theory]
    [InlineData("silence")]
    [InlineData("absence")]
    [InlineData("cuts")]
    [InlineData("slowness")]
    public async Task Cancelling_in_the_middle_of_a_fault_ends_promptly(string fault)
    {
        var server = await own.GetAsync();
        await using var proxy = new FaultyProxy(server.Uri);
        // The limit that a session really has: nothing but the cancellation may end this soon.
        await using var workplace = await Workplace.OpenAsync(
            new SessionOptions(BoltAddress.Parse(proxy.Address), server.Auth));
        var before = workplace.Files;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var clock = new Stopwatch();
        using var starts = stop.Token.Register(clock.Start);
        proxy.After(MiddleOfABlock, connection =>
        {
            switch (fault)
            {
                case "silence":
                    proxy.Stall();
                    break;
                case "absence":
                    proxy.Target = new Uri("bolt://127.0.0.1:1");
                    proxy.CutAll();
                    break;
                case "cuts":
                    CutAgain(connection);
                    break;
                default:
                    proxy.BytesPerSecond = 10_000;
                    break;
            }
            stop.CancelAfter(700);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new BackupTaker().TakeAsync(
            workplace.Session, workplace.Repository, new BackupOptions { Method = BackupMethod.Bolt }, null, stop.Token));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}.");
        Assert.Empty(workplace.Repository.List());
        Assert.Equal(before, workplace.Files);

        void CutAgain(ProxiedConnection connection)
        {
            connection.Cut();
            proxy.After(10_000, CutAgain);
        }
    }

    private async Task<(Content Undisturbed, Content Disturbed)> TakeTwiceAsync(Action<FaultyProxy> disturb)
    {
        var server = await own.GetAsync();
        await using var proxy = new FaultyProxy(server.Uri);
        await using var workplace = await OpenAsync(server, proxy);
        var undisturbed = await UndisturbedAsync(server);
        disturb(proxy);
        return (undisturbed, Read(workplace, await workplace.TakeAsync()));
    }

    private async Task AssertFailsAsync(Action<FaultyProxy> disturb, params GrapCondition[] conditions)
    {
        var server = await own.GetAsync();
        await using var proxy = new FaultyProxy(server.Uri);
        await using var workplace = await OpenAsync(server, proxy);
        var before = workplace.Files;
        disturb(proxy);
        var clock = Stopwatch.StartNew();

        var failure = await Assert.ThrowsAsync<GrapException>(() => workplace.TakeAsync());

        Assert.True(clock.Elapsed < s_patience, $"It took {clock.Elapsed}.");
        Assert.Contains(failure.Condition, conditions);
        Assert.NotEmpty(failure.RecommendedAction);
        Assert.Empty(workplace.Repository.List());
        Assert.Equal(before, workplace.Files);
    }

    private static Task<Workplace> OpenAsync(LabServer server, FaultyProxy proxy) => Workplace.OpenAsync(
        new SessionOptions(BoltAddress.Parse(proxy.Address), server.Auth)
        {
            ConnectTimeout = TimeSpan.FromSeconds(2),
            ReadTimeout = TimeSpan.FromSeconds(3),
        });

    private static async Task<Content> UndisturbedAsync(LabServer server)
    {
        await using var workplace = await Workplace.OpenAsync(server);
        return Read(workplace, await workplace.TakeAsync());
    }

    private static Content Read(Workplace workplace, Backup backup)
    {
        using var archive = workplace.Repository.OpenArchive(backup.Id);
        return new Content(
            backup.Exactness, backup.Fingerprint, backup.Manifest!.Reading!.Passes,
            [.. archive.Blocks.Select(static b => (b.Key, b.RawHash))], backup.Manifest.Reading.Notes);
    }

    private static void AssertSame(Content undisturbed, Content disturbed)
    {
        Assert.Equal(Exactness.Exact, undisturbed.Exactness);
        Assert.Equal(Exactness.Exact, disturbed.Exactness);
        Assert.Equal(undisturbed.Fingerprint, disturbed.Fingerprint);
        Assert.Equal(undisturbed.Blocks, disturbed.Blocks);
        Assert.Equal(1, disturbed.Passes);
    }

    private sealed record Content(
        Exactness Exactness, string? Fingerprint, int Passes, IReadOnlyList<(BlockKey Key, UInt128 Hash)> Blocks,
        IReadOnlyList<string> Notes);
}
