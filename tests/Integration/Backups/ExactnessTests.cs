using Grap.Archives;
using Grap.Backups;
using Grap.Bolt.PackStream;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Backups;

/// <summary>Exact is said when it is so, and never otherwise.</summary>
public class ExactnessTests(ServerPool servers)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => ServerPool.SlowVersions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_quiet_database_always_gives_an_exact_backup(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, 2000), Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);

        var backups = new List<Backup>();
        for (var i = 0; i < 5; i++)
            backups.Add(await workplace.TakeAsync());

        Assert.All(backups, static b => Assert.Equal(Exactness.Exact, b.Exactness));
        Assert.All(backups, static b => Assert.Equal(b.Manifest!.Transactions!.First, b.Manifest.Transactions.Last));
        Assert.Single(backups.Select(static b => b.Fingerprint).Distinct());
        Assert.Single(backups.Select(static b => b.Manifest!.Transactions!.Last).Distinct());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Under_a_writer_a_backup_is_never_called_exact_and_its_graph_closes(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, 5000), Cancellation);
        await borrowed.RunAsync("CREATE CONSTRAINT FOR (t:Transfer) REQUIRE t.number IS UNIQUE", Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);
        await using var writer = await LedgerWriter.StartAsync(borrowed.Server, cancellation: Cancellation);
        await writer.WaitForAsync(50, Cancellation);

        for (var i = 0; i < 4; i++)
        {
            var backup = await workplace.TakeAsync();
            var window = backup.Manifest!.Transactions!;
            Assert.Equal(Exactness.Fuzzy, backup.Exactness);
            Assert.True(window.Last > window.First);
            Assert.Equal(2, backup.Manifest.Reading!.Passes);
        }
        var refusal = await Assert.ThrowsAsync<GrapException>(
            () => workplace.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt, Id = "wanted-exact", RequireExact = true }));
        Assert.Equal(GrapCondition.NotExact, refusal.Condition);
        Assert.Equal(4, workplace.Repository.List().Count());
        Assert.Empty(workplace.Leftovers());
    }

    [Fact]
    public async Task A_write_during_the_first_pass_only_still_ends_exact()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, 10_000), Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);
        var writer = await LedgerWriter.StartAsync(borrowed.Server, cancellation: Cancellation);
        var taking = workplace.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt, MaxPass = 50 });
        await writer.WaitForAsync(20, Cancellation);
        await writer.DisposeAsync();

        var backup = await taking;

        Assert.Equal(Exactness.Exact, backup.Exactness);
        Assert.Equal(
            (await workplace.ReadSimplyAsync(BlockKind.Nodes)).Select(Convert.ToHexString),
            workplace.Elements(backup, BlockKind.Nodes).Select(Convert.ToHexString));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Ids_that_are_used_again_never_lead_to_a_wrong_endpoint(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        // Every relationship knows the keys of its endpoints; pairs are deleted and made anew all the time.
        const string Make = "UNWIND range($from, $to) AS k CREATE (:L {k: k})-[:PAIR {k: k}]->(:R {k: -k})";
        await borrowed.RunAsync(Make, Cancellation, ("from", 1L), ("to", 5000L));
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var churn = Task.Run(async () =>
        {
            for (var k = 5001L; !stop.IsCancellationRequested; k += 20)
            {
                await borrowed.RunAsync(
                    "MATCH (a:L)-[:PAIR]->(b:R) WITH a, b LIMIT 20 DETACH DELETE a, b", Cancellation);
                await borrowed.RunAsync(Make, Cancellation, ("from", k), ("to", k + 19));
            }
        }, Cancellation);

        var (seen, wrong, halves) = (0, 0, 0);
        try
        {
            for (var round = 0; round < 5; round++)
            {
                var backup = await workplace.TakeAsync();
                Assert.Equal(Exactness.Fuzzy, backup.Exactness);
                var keys = workplace.Elements(backup, BlockKind.Nodes).Select(ReadNodeKey)
                    .ToDictionary(static n => n.Id, static n => n.Key);
                foreach (var element in workplace.Elements(backup, BlockKind.Relationships))
                {
                    var (start, end, key) = ReadRelationshipKey(element);
                    var (from, to) = (keys[start], keys[end]);
                    seen++;
                    // Something that is read while it is deleted may have lost its key already.
                    if (key is null || from is null || to is null)
                        halves++;
                    else if (from != key || to != -key)
                        wrong++;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await churn;
        }

        Assert.True(seen > 20_000);
        Assert.Equal(0, wrong);
        Assert.InRange(halves, 0, seen / 100);
    }

    [Fact]
    public async Task A_cancelled_backup_leaves_nothing_behind()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, 10_000), Cancellation);
        await using var workplace = await Workplace.OpenAsync(borrowed.Server);
        using var stop = new CancellationTokenSource();
        var progress = new StopAtFirstElements(stop);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new BackupTaker().TakeAsync(
            workplace.Session, workplace.Repository, new BackupOptions { Method = BackupMethod.Bolt }, progress, stop.Token));

        Assert.Empty(workplace.Repository.List());
        Assert.Empty(workplace.Leftovers());
        Assert.Equal(Exactness.Exact, (await workplace.TakeAsync()).Exactness);
    }

    private sealed class StopAtFirstElements(CancellationTokenSource stop) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => stop.Cancel();
    }

    private static (long Id, long? Key) ReadNodeKey(byte[] element)
    {
        var reader = new PackStreamReader(element);
        reader.ReadListHeader();
        var id = reader.ReadInteger();
        reader.Skip();
        return (id, (long?)((Dictionary<string, object?>)reader.ReadValue()!).GetValueOrDefault("k"));
    }

    private static (long Start, long End, long? Key) ReadRelationshipKey(byte[] element)
    {
        var reader = new PackStreamReader(element);
        reader.ReadListHeader();
        reader.ReadInteger();
        var (start, end) = (reader.ReadInteger(), reader.ReadInteger());
        reader.Skip();
        return (start, end, (long?)((Dictionary<string, object?>)reader.ReadValue()!).GetValueOrDefault("k"));
    }
}
