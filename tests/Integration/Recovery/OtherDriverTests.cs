using Grap.Backups;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Recovery;
using Grap.Recovery.States;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Reading;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Recovery;

/// <summary>What staging holds after an import in bulk, and what production holds after both promotions, is what was backed up,
/// as Neo4j's own driver reads it. Nodes are told apart by a property, so that nothing of Grap's is needed to find them
/// again.</summary>
public sealed class OtherDriverTests(ServerPool servers) : IDisposable
{
    private const string GiveKeys = $"MATCH (n) SET n.{Renumbering.KeyName} = id(n)";

    // Elements that go, come, and change, among them such as have others' properties.
    private static readonly string[] s_since =
    [
        $"MATCH (n) WHERE n.{Renumbering.KeyName} % 3 = 0 DETACH DELETE n",
        $"MATCH (n) WHERE n.{Renumbering.KeyName} % 3 = 1 SET n.since = date('2024-02-29') SET n:Since",
        $"MATCH (n)-[r]->() WHERE n.{Renumbering.KeyName} % 5 = 1 SET r.since = [1.5, 2.5]",
        $"MATCH (n)-[r]->() WHERE n.{Renumbering.KeyName} % 5 = 2 DELETE r",
        $"UNWIND range(1, 20) AS i CREATE (:Since {{{Renumbering.KeyName}: 1000000 + i}})-[:SINCE]->(:Since {{{Renumbering.KeyName}: 2000000 + i}})",
    ];

    private readonly string _staging = Directory.CreateTempSubdirectory("grap-staging-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task What_was_imported_in_bulk_is_what_was_backed_up()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Hostile), Cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, 2_000), Cancellation);
        await borrowed.RunAsync(GiveKeys, Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var backup = await place.TakeAsync();
        var before = await new JavaScriptDriver().DumpAsync(borrowed.Server, Cancellation);
        var steps = new List<string>();

        var record = await RecoverAsync(place, backup, borrowed.Server.Home, steps);

        Assert.Empty(record.ValidationErrors);
        Assert.Contains("Import", steps);
        var server = record.StagingServer!;
        var staged = await new JavaScriptDriver().DumpAsync(server.Uri, server.User, server.ReadPassword(), Cancellation);
        Assert.Equal(Renumbering.ByKey(before), Renumbering.ByKey(staged));
        new RecoveryBook(place.Repository).Reset(backup.Database, machineLost: false, Cancellation);
    }

    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task What_was_applied_is_what_was_backed_up_and_what_was_undone_is_what_was_there()
    {
        var server = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await server.LoadAsync(new GraphOptions(GraphName.Hostile), Cancellation);
        await server.RunAsync(GiveKeys, Cancellation);
        await using var place = await PromotionPlace.OpenAsync(server);
        place.Recover(await place.TakeAsync("wanted"));
        var wanted = await new JavaScriptDriver().DumpAsync(server.Server, Cancellation);
        foreach (var text in s_since)
            await server.RunAsync(text, Cancellation);
        var present = await new JavaScriptDriver().DumpAsync(server.Server, Cancellation);
        Assert.NotEqual(Renumbering.ByKey(wanted), Renumbering.ByKey(present));

        Assert.True((await place.PromoteAsync()).Equal);
        Assert.Equal(Renumbering.ByKey(wanted), Renumbering.ByKey(await new JavaScriptDriver().DumpAsync(server.Server, Cancellation)));

        Assert.True((await place.UndoAsync()).Equal);
        Assert.Equal(Renumbering.ByKey(present), Renumbering.ByKey(await new JavaScriptDriver().DumpAsync(server.Server, Cancellation)));
    }

    // What production gets is what was imported in bulk.
    [Fact]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task What_was_exchanged_is_what_was_backed_up_and_what_was_undone_is_what_was_there()
    {
        await using var scene = await SwapScene.MakeAsync(LabServerOptions.DefaultVersion, BackupMethod.HotCopy);
        var server = scene.Server;
        new RecoveryBook(scene.Repository).Reset(CommandServer.Database, machineLost: false, Cancellation);
        await server.RunAsync(GiveKeys, Cancellation);
        await using (var place = await Workplace.OpenAsync(server.Login))
        {
            var backup = await new BackupTaker().TakeAsync(
                place.Session, scene.Repository, new BackupOptions { Id = "keyed", Method = BackupMethod.Bolt }, null, Cancellation);
            var steps = new List<string>();
            var record = await new RecoveryRun(scene.Repository, Options(server.Installation.Home, keepRunning: false))
                .RunAsync(backup.Id, new Listener(steps), null, Cancellation);
            Assert.Empty(record.ValidationErrors);
            Assert.Contains("Import", steps);
        }
        var wanted = Renumbering.ByKey(await DumpAsync());
        foreach (var text in s_since)
            await server.RunAsync(text, Cancellation);
        var present = Renumbering.ByKey(await DumpAsync());
        Assert.NotEqual(wanted, present);

        Assert.True((await scene.PromoteAsync()).Equal);
        Assert.Equal(wanted, Renumbering.ByKey(await DumpAsync()));

        Assert.True((await scene.UndoAsync()).Equal);
        Assert.Equal(present, Renumbering.ByKey(await DumpAsync()));

        Task<IReadOnlyList<string>> DumpAsync() =>
            new JavaScriptDriver().DumpAsync(server.Login.Address.ToString(), null, null, Cancellation);
    }

    public void Dispose() => Directory.Delete(_staging, recursive: true);

    private Task<RecoveryRecord> RecoverAsync(Workplace place, Backup backup, string? home, List<string> steps) =>
        new RecoveryRun(place.Repository, Options(home, keepRunning: true))
            .RunAsync(backup.Id, new Listener(steps), null, Cancellation);

    private RecoveryOptions Options(string? home, bool keepRunning) => new()
    {
        KeepRunning = keepRunning,
        StagingParent = _staging,
        Scratch = new ScratchOptions { Home = home, ImportFrom = 1 },
    };

    private sealed class Listener(List<string> steps) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => steps.Add(value.Status);
    }
}
