using System.Diagnostics;
using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Servers;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Servers;
using Grap.Verification;

namespace Grap.Tests.Integration.Backups;

/// <summary>Connections that are cut and servers that go away in the middle of a backup: it goes on where that is
/// honest, and otherwise says what happened and leaves nothing behind.</summary>
[Collection(nameof(OneServerAtATime))]
public class ConnectionTests(OwnServer own) : IClassFixture<OwnServer>
{
    // Far behind the questions that a backup begins with, and in the middle of the first block.
    private const long MiddleOfABlock = 3_000_000;

    private const string Resumed = "reading resumed at node id";
    private const string PassWasVoid = "the pass was read again";

    // Eight more tries to connect take half a minute, and so does the clean end of a server on a busy machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(120);

    // A copy of the files needs a second or two; to wait for a server that is down takes half a minute.
    private static readonly TimeSpan s_atOnce = TimeSpan.FromSeconds(15);

    private static readonly Uri s_nowhere = new("bolt://127.0.0.1:1");

    private static readonly BackupOptions s_hotCopy = new() { Method = BackupMethod.HotCopy };

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
                    proxy.Target = s_nowhere;
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

    [Fact]
    public async Task A_server_gone_before_its_files_are_copied_ends_the_copy_at_once_and_nothing_is_published()
    {
        var installed = await own.GetInstalledAsync();
        await using var proxy = new FaultyProxy(installed.Uri);
        await using var workplace = await OpenAsync(installed, proxy);
        var before = workplace.Files;
        proxy.After(1, _ =>
        {
            proxy.Target = s_nowhere;
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

    [Fact]
    public async Task A_server_killed_while_its_files_are_copied_leaves_a_whole_backup_at_once()
    {
        var installed = await own.GetInstalledAsync();
        await using var workplace = await Workplace.OpenAsync(installed);
        var clock = new Stopwatch();
        try
        {
            var backup = await TakeHotCopyAsync(workplace, async () =>
            {
                await installed.Server.KillAsync();
                clock.Start();
            });

            Assert.True(clock.Elapsed < s_atOnce, $"It took {clock.Elapsed}.");
            Assert.Contains(backup.Manifest!.Physical!.Notes, DidNotAnswer);
            var proof = await ProveAsync(workplace, backup, VerificationLevel.Structure, installed);
            Assert.True(proof.Passed, string.Join(Environment.NewLine, proof.Problems));
        }
        finally
        {
            await installed.Server.RestartAsync(Cancellation);
        }
    }

    [Fact]
    public async Task A_server_started_again_while_its_files_are_copied_gives_a_backup_that_proves()
    {
        var installed = await own.GetInstalledAsync();
        await using var workplace = await Workplace.OpenAsync(installed);

        var backup = await TakeHotCopyAsync(workplace, async () =>
        {
            await installed.Server.KillAsync();
            await installed.Server.RestartAsync(Cancellation);
        });

        Assert.Contains(backup.Manifest!.Physical!.Notes, DidNotAnswer);
        var proof = await ProveAsync(workplace, backup, VerificationLevel.Restore, installed);
        Assert.True(proof.Passed, string.Join(Environment.NewLine, proof.Problems));
        Assert.Equal(backup.Nodes, proof.Content!.Counts.Nodes);
        Assert.Empty(proof.Content.DroppedIndexes);
    }

    private static bool DidNotAnswer(string note) =>
        note.StartsWith("The server did not answer after the copy", StringComparison.Ordinal);

    private static Task<Backup> TakeHotCopyAsync(Workplace workplace, Func<Task> strike) => new BackupTaker().TakeAsync(
        workplace.Session, workplace.Repository, s_hotCopy, new InTheMiddle(strike), Cancellation);

    private static Task<VerificationResult> ProveAsync(
        Workplace workplace, Backup backup, VerificationLevel level, LabServer server) =>
        new Verifier(scratch: new ScratchOptions { Home = server.Home, Places = [] }).VerifyAsync(
            workplace.Repository, backup.Id, level, null, Cancellation);

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

    /// <summary>Does something to the server when a third of the pages is copied; the piece that came to it waits until
    /// that is done.</summary>
    private sealed class InTheMiddle(Func<Task> strike) : IProgress<WorkProgress>
    {
        private int _struck;

        public void Report(WorkProgress value)
        {
            if (value.Fraction is > 0.3 and < 1 && Interlocked.Exchange(ref _struck, 1) == 0)
                Task.Run(strike).Wait(Cancellation);
        }
    }

    private sealed record Content(
        Exactness Exactness, string? Fingerprint, int Passes, IReadOnlyList<(BlockKey Key, UInt128 Hash)> Blocks,
        IReadOnlyList<string> Notes);
}
