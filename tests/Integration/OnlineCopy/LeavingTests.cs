using System.Diagnostics;
using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Servers;
using Grap.Verification;

namespace Grap.Tests.Integration.OnlineCopy;

/// <summary>What is read of copies, and how they leave as Neo4j's own dumps. One server, since each start costs
/// seconds.</summary>
public sealed class LeavingTests : IDisposable
{
    private const string Password = ServerPool.Password;
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-leaving-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Servers => Path.Combine(_folder, "servers");

    [Theory]
    [MemberData(nameof(ServerPool.Versions), MemberType = typeof(ServerPool))]
    [Trait(ServerPool.Run, ServerPool.Full)]
    public async Task An_exact_backup_is_read_under_a_writer_and_dumps_load_in_a_fresh_server(string version)
    {
        await using var server = await ServerPool.StartInstalledAsync(version, Cancellation);
        await new GraphOptions(GraphName.Generated, 2_000).LoadAsync(server, Cancellation);
        var scratch = new ScratchOptions { Home = server.Home, ParentFolder = Servers, Places = [] };
        var taker = new BackupTaker(scratch: scratch);
        var repository = FolderRepository.Open(Path.Combine(_folder, "repository"), create: true);
        var data = new DataFolderHints { DataPath = server.DataFolder };
        await using (var workplace = await Workplace.OpenAsync(server))
        {
            await ReadExactlyUnderAWriterAsync(server, taker, repository, workplace.Session);
            await taker.TakeAsync(workplace.Session, repository,
                new BackupOptions { Id = "hot", Method = BackupMethod.HotCopy, DataFolder = data }, null, Cancellation);
        }
        var dumping = new BackupOptions { Id = "cold", Method = BackupMethod.Dump, DataFolder = data };
        var refused = await Assert.ThrowsAsync<GrapException>(
            () => taker.DumpAsync("neo4j", repository, dumping, null, Cancellation));
        Assert.Equal(GrapCondition.DataFolderInUse, refused.Condition);
        Assert.DoesNotContain(repository.List(), static backup => backup.Id == "cold");

        Assert.True(await server.Server.StopAsync(Cancellation));
        var cold = await taker.DumpAsync("neo4j", repository, dumping, null, Cancellation);
        Assert.Equal((BackupMethod.Dump, Exactness.Exact), (cold.Method, cold.Exactness));
        var hot = repository.Get("hot");
        Assert.Equal(hot.Manifest!.Transactions, cold.Manifest!.Transactions);
        var proof = await new Verifier(scratch: scratch).VerifyAsync(
            repository, "cold", VerificationLevel.Restore, null, Cancellation);
        Assert.True(proof.Passed, string.Join(Environment.NewLine, proof.Problems));
        Assert.Equal(hot.Manifest.Counts.NodesByLabel, proof.Content!.Counts.NodesByLabel);

        await ReadAsAGraphAsync(repository, scratch, hot);
        await LoadInAFreshServerAsync(server, repository, scratch, hot);
        await LeaveNothingWhenStoppedAsync(repository, scratch);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task ReadExactlyUnderAWriterAsync(
        LabServer server, BackupTaker taker, FolderRepository repository, Session session)
    {
        await using var writer = await LedgerWriter.StartAsync(server, cancellation: Cancellation);
        await writer.WaitForAsync(20, Cancellation);
        var wanted = new BackupOptions { Id = "exact", Method = BackupMethod.Bolt, RequireExact = true };

        var exact = await taker.TakeAsync(session, repository, wanted, null, Cancellation);

        Assert.Equal((BackupMethod.Bolt, Exactness.Exact), (exact.Method, exact.Exactness));
        Assert.Equal(exact.Manifest!.Transactions!.First, exact.Manifest.Transactions.Last);
        Assert.Equal(server.Uri.Port, new Uri(exact.Manifest.Source.Uri).Port);
        Assert.Contains("scratch server", exact.Manifest.ExactnessReason, StringComparison.Ordinal);
        Assert.Equal(LedgerWriter.Accounts, exact.Manifest.Counts.NodesByLabel["Account"]);
        var proof = await new Verifier().VerifyAsync(
            repository, "exact", VerificationLevel.Structure, null, Cancellation);
        Assert.True(proof.Passed, string.Join(Environment.NewLine, proof.Problems));
        Assert.Empty(Directory.GetFileSystemEntries(Servers));
    }

    private static async Task ReadAsAGraphAsync(FolderRepository repository, ScratchOptions scratch, Backup hot)
    {
        using var archive = repository.OpenArchive("hot");
        await using var graph = await PhysicalGraph.OpenAsync(archive, scratch, null, Cancellation);
        Assert.Equal(hot.Manifest!.Transactions!.Last, graph.Transaction);
        Assert.Equal(hot.Nodes, graph.Count(BlockKind.Nodes));
        Assert.Equal(hot.Relationships, graph.Count(BlockKind.Relationships));
        var bytes = 0L;
        foreach (var range in graph.Ranges(BlockKind.Nodes))
        {
            await graph.ReadAsync(BlockKind.Nodes, range, part =>
            {
                bytes += part.Content.Length;
                return ValueTask.CompletedTask;
            }, Cancellation);
        }
        Assert.True(bytes > hot.Nodes);
    }

    private async Task LoadInAFreshServerAsync(
        InstalledServer source, FolderRepository repository, ScratchOptions scratch, Backup hot)
    {
        var dumps = Directory.CreateDirectory(Path.Combine(_folder, "dumps")).FullName;
        var file = await new DumpExport(scratch).WriteAsync(
            repository, "hot", Path.Combine(dumps, "neo4j.dump"), overwrite: false, null, Cancellation);
        Assert.Equal([file], Directory.GetFileSystemEntries(dumps));
        var again = await Assert.ThrowsAsync<GrapException>(() => new DumpExport(scratch).WriteAsync(
            repository, "hot", file, overwrite: false, null, Cancellation));
        Assert.Equal(GrapCondition.TargetExists, again.Condition);
        var copied = await new DumpExport(scratch).WriteAsync(
            repository, "cold", _folder, overwrite: false, null, Cancellation);
        Assert.Equal(Path.Combine(_folder, "cold.dump"), copied);
        Assert.Equal(repository.Get("cold").Manifest!.Physical!.Files[0].Length, new FileInfo(copied).Length);

        var data = Path.Combine(_folder, "fresh");
        await DumpLoading.RunAsync(source.Home!, data, dumps, Cancellation);
        await using var fresh = await LocalServer.StartAsync(Neo4jInstallation.At(source.Home!), new LocalServerOptions
        {
            DataFolder = data,
            ParentFolder = Path.Combine(_folder, "others"),
            Password = Password,
            JavaArguments = ["-XX:TieredStopAtLevel=1"],
        }, Cancellation);
        await using var driver = new BoltDriver(fresh.Address, fresh.Authentication);
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Read, cancellation: Cancellation);
        await using var cursor = await connection.RunAsync(
            new BoltQuery("MATCH (n) RETURN count(n)"), Cancellation);
        Assert.True(await cursor.ReadAsync(Cancellation));
        Assert.Equal(hot.Nodes, cursor.Values[0]);
    }

    private async Task LeaveNothingWhenStoppedAsync(FolderRepository repository, ScratchOptions scratch)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var clock = new Stopwatch();
        var progress = new StopWhenRecovering(stop, clock);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Verifier(scratch: scratch).VerifyAsync(
            repository, "hot", VerificationLevel.Restore, progress, stop.Token));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"It took {clock.Elapsed}.");
        Assert.Equal(VerificationLevel.None, repository.Get("hot").VerifiedLevel);
        Assert.Empty(Directory.GetFileSystemEntries(Servers));
    }

    private sealed class StopWhenRecovering(CancellationTokenSource stop, Stopwatch clock) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value)
        {
            if (!value.Status.StartsWith("Recover", StringComparison.Ordinal) || clock.IsRunning)
                return;
            clock.Start();
            stop.CancelAfter(TimeSpan.FromSeconds(1));
        }
    }
}
