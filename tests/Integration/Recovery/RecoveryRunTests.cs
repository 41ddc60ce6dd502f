using Grap.Backups;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Recovery;
using Grap.Recovery.Staging;
using Grap.Recovery.States;
using Grap.Servers.Installations;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Recovery;

/// <summary>Backups of both kinds are recovered into staging and validated; production stays as it was.</summary>
public sealed class RecoveryRunTests(ServerPool servers) : IDisposable
{
    private readonly string _staging = Directory.CreateTempSubdirectory("grap-staging-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<BackupMethod> Methods { get; } = ServerPool.IsFull
        ? new(BackupMethod.Bolt, BackupMethod.HotCopy)
        : new(BackupMethod.Bolt);

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_backup_is_validated_in_staging_and_an_assertion_that_is_false_fails_it(BackupMethod method)
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        if (borrowed.Server is not InstalledServer { Home: { } home })
        {
            Assert.Skip("The files of a server in a container are not read here.");
            return;
        }
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, 1000), Cancellation);
        // With half of the ids free, a graph whose nodes were created anew shows that it is none that kept them.
        await borrowed.RunAsync("MATCH (n) WITH n ORDER BY id(n) LIMIT 500 DETACH DELETE n", Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var backup = await place.TakeAsync(new BackupOptions { Method = method });
        var steps = new List<string>();
        var book = new RecoveryBook(place.Repository);

        var failed = await RunAsync("MATCH (n) RETURN count(n) = 0", "RETURN true", "RETURN");
        Assert.Equal(RecoveryState.RecoveryFailed, failed.State);
        Assert.Equal(2, failed.ValidationErrors.Count);
        Assert.Contains("row 1 begins with False", failed.ValidationErrors[0], StringComparison.Ordinal);

        var recovered = await RunAsync("MATCH (n) RETURN count(n) > 0", "MATCH (n) RETURN max(id(n)) > count(n)");
        Assert.Empty(recovered.ValidationErrors);
        Assert.Equal(("RECOVERY_SUCCESS", 100), (recovered.Status, recovered.ProgressPercent));
        Assert.False(Directory.Exists(failed.StagingFolder));
        Assert.Single(Directory.EnumerateDirectories(
            recovered.StagingFolder!, backup.Database, SearchOption.AllDirectories),
            folder => Path.GetFileName(Path.GetDirectoryName(folder)) == "databases");
        Assert.Equal(
            ["RECOVERING", "VALIDATION", "RECOVERY_FAILED", "RECOVERING", "VALIDATION", "RECOVERY_SUCCESS"], steps);

        Assert.Equal(RecoveryState.NotRecovering, book.Reset(backup.Database, machineLost: false, Cancellation).State);
        Assert.Empty(Directory.EnumerateDirectories(_staging));

        Task<RecoveryRecord> RunAsync(params string[] assertions) => new RecoveryRun(place.Repository, new RecoveryOptions
        {
            Assertions = [.. assertions.Select(text => new StagingAssertion(text))],
            StagingParent = _staging,
            Scratch = new ScratchOptions { Home = home, ImportFrom = 1 },
        }).RunAsync(backup.Id, null, () =>
        {
            steps.Add(book.Read(backup.Database).Status);
            return Task.CompletedTask;
        }, Cancellation);
    }

    [Fact]
    public async Task Stopping_from_elsewhere_rolls_back_and_removes_staging()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await borrowed.LoadAsync(new GraphOptions(GraphName.Generated, 1000), Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var backup = await place.TakeAsync();
        var book = new RecoveryBook(place.Repository);
        var home = (borrowed.Server as InstalledServer)?.Home;
        var run = new RecoveryRun(place.Repository, new RecoveryOptions
        {
            StagingParent = _staging,
            Scratch = new ScratchOptions { Home = home },
        }).RunAsync(backup.Id, null, null, Cancellation);

        var record = await book.StopAsync(backup.Database, Cancellation);

        Assert.Equal(RecoveryState.NotRecovering, record.State);
        Assert.Equal(GrapCondition.RecoveryStopped, (await Assert.ThrowsAsync<GrapException>(() => run)).Condition);
        Assert.Empty(Directory.EnumerateDirectories(_staging));
    }

    [Fact]
    public async Task What_fails_because_it_was_stopped_is_no_failure()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var backup = await place.TakeAsync();
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var run = new RecoveryRun(place.Repository, new RecoveryOptions
        {
            StagingParent = _staging,
            Scratch = new ScratchOptions { Home = (borrowed.Server as InstalledServer)?.Home },
        }).RunAsync(backup.Id, null, () => stopping.IsCancellationRequested ? Task.CompletedTask : StopAndFailAsync(), stopping.Token);

        await Assert.ThrowsAsync<OperationCanceledException>(() => run);
        var record = new RecoveryBook(place.Repository).Read(backup.Database);
        Assert.Equal(RecoveryState.NotRecovering, record.State);
        Assert.Empty(Directory.EnumerateDirectories(_staging));

        async Task StopAndFailAsync()
        {
            await stopping.CancelAsync();
            throw new GrapException(GrapCondition.ConnectionLost, "The server went away.", "None.");
        }
    }

    public void Dispose() => Directory.Delete(_staging, recursive: true);
}
