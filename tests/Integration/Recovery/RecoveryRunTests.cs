using Grap.Backups;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Recovery;
using Grap.Recovery.Staging;
using Grap.Recovery.States;
using Grap.Schemas;
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
        var warned = new List<string>();
        var book = new RecoveryBook(place.Repository);
        DeclaredSchema? declared;

        declared = s_broken;
        var failed = await RunAsync("MATCH (n) RETURN count(n) = 0", "RETURN true", "RETURN");
        Assert.Equal(RecoveryState.RecoveryFailed, failed.State);
        Assert.Equal(7, failed.ValidationErrors.Count);
        Assert.Contains("row 1 begins with False", failed.ValidationErrors[0], StringComparison.Ordinal);
        Assert.All(failed.ValidationErrors.Skip(2), error => Assert.True(StagingConformance.IsOne(error)));
        Assert.StartsWith("Declared schema: 'nowhere' is missing: RANGE INDEX FOR NODE Nowhere (name)", failed.ValidationErrors[2], StringComparison.Ordinal);
        Assert.Equal("Declared schema: Nothing has the required label 'Nowhere'.", failed.ValidationErrors[3]);
        Assert.Equal("Declared schema: Rule 'Three too many' does not hold: 3 times.", failed.ValidationErrors[4]);
        Assert.StartsWith("Declared schema: Rule 'It writes' could not be asked: ", failed.ValidationErrors[5], StringComparison.Ordinal);
        Assert.Equal("Declared schema: Rule 'No row' returned no number.", failed.ValidationErrors[6]);
        Assert.Equal(["Declared schema: Rule 'Only a warning' does not hold: 1 times."], warned);

        declared = null;
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
            Schema = declared,
            Announce = text =>
            {
                if (StagingConformance.IsOne(text))
                    warned.Add(text);
            },
            StagingParent = _staging,
            Scratch = new ScratchOptions { Home = home, ImportFrom = 1 },
        }).RunAsync(backup.Id, null, () =>
        {
            steps.Add(book.Read(backup.Database).Status);
            return Task.CompletedTask;
        }, Cancellation);
    }

    [Theory]
    [MemberData(nameof(Interruptions))]
    public async Task What_an_interrupted_recovery_has_done_is_not_done_again(
        string version, BackupMethod method, string[] interruptions, string[] again)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        await borrowed.RunAsync("CREATE INDEX port_name FOR (n:Port) ON (n.name)", Cancellation);
        await borrowed.RunAsync(
            "UNWIND range(1, 300) AS i CREATE (s:Ship {number: i})-[:CALLS_AT {at: i}]->(:Port {name: 'p' + i}), (s)-[:LEFT]->(s)", Cancellation);
        // Nodes that came anew have other ids, and are found by them again.
        await borrowed.RunAsync("MATCH (s:Ship) WHERE s.number < 150 DETACH DELETE s", Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var backup = await place.TakeAsync(new BackupOptions { Method = method });
        var book = new RecoveryBook(place.Repository);
        string? folder = null;
        foreach (var interruption in interruptions)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => RunAsync(new Steps(interruption)));
            var interrupted = book.Read(backup.Database);
            Assert.True(interrupted.Interrupted);
            Assert.Equal(folder ??= interrupted.StagingFolder, interrupted.StagingFolder);
        }

        var steps = new Steps(null);
        var record = await RunAsync(steps);

        Assert.Empty(record.ValidationErrors);
        Assert.Equal((RecoveryState.RecoverySuccess, folder), (record.State, record.StagingFolder));
        Assert.NotNull(record.ResumedAt);
        Assert.Equal((151 + 300, 151 * 2), (record.Staged!.Nodes, record.Staged.Relationships));
        Assert.Equal(again, steps.Seen);
        Assert.Equal(interruptions.Length, place.Repository.Journal.Read().Count(entry => entry.Operation == "RecoveryResumed"));
        Assert.Equal(RecoveryState.NotRecovering, book.Reset(backup.Database, machineLost: false, Cancellation).State);
        Assert.Empty(Directory.EnumerateDirectories(_staging));

        Task<RecoveryRecord> RunAsync(Steps progress) => new RecoveryRun(place.Repository, new RecoveryOptions
        {
            Assertions = [new("MATCH (n:Port) RETURN count(n) = 300")],
            StagingParent = _staging,
            Scratch = new ScratchOptions { Home = (borrowed.Server as InstalledServer)?.Home },
        }).RunAsync(backup.Id, progress, null, Cancellation);
    }

    /// <summary>At which steps a recovery is interrupted, one run after the other, and which steps are done at last.</summary>
    public static TheoryData<string, BackupMethod, string[], string[]> Interruptions { get; } = MakeInterruptions();

    private static TheoryData<string, BackupMethod, string[], string[]> MakeInterruptions()
    {
        var data = new TheoryData<string, BackupMethod, string[], string[]>();
        foreach (var version in ServerPool.SlowVersions.Select(static row => row.Data))
        {
            data.Add(version, BackupMethod.Bolt, ["Compare"], ["Start", "Assertions", "Compare"]);
            if (ServerPool.IsFull)
            {
                data.Add(version, BackupMethod.HotCopy, ["Recover", "Indexes", "Check"],
                    ["Recover", "Indexes", "Assertions", "Read", "Stop", "Check"]);
            }
        }
        return data;
    }

    [Fact]
    public async Task A_part_is_restored_and_compared_element_by_element()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await borrowed.RunAsync("CREATE CONSTRAINT ship_number FOR (n:Ship) REQUIRE n.number IS UNIQUE", Cancellation);
        await borrowed.RunAsync("CREATE INDEX port_name FOR (n:Port) ON (n.name)", Cancellation);
        await borrowed.RunAsync(
            "UNWIND range(1, 300) AS i CREATE (s:Ship {number: i})-[:FOLLOWS {at: i}]->(:Ship:Tug {number: -i}), "
            + "(s)-[:CALLS_AT]->(:Port {name: 'p' + i}), (s)-[:LEFT]->(s)", Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var backup = await place.TakeAsync();

        // Enough for an import in bulk, which is not for parts.
        var record = await new RecoveryRun(place.Repository, new RecoveryOptions
        {
            Part = new RecoveredPart { Labels = ["Ship"], Types = ["FOLLOWS", "CALLS_AT"] },
            Assertions =
            [
                new("MATCH (n) RETURN count(n) = 600 AND all(l IN collect(labels(n)) WHERE 'Ship' IN l)"),
                new("MATCH ()-[r]->() RETURN count(r) = 300 AND collect(DISTINCT type(r)) = ['FOLLOWS']"),
                new("MATCH (a)-[r:FOLLOWS]->(b:Tug) RETURN count(*) = 300 AND min(r.at) = 1 AND all(n IN collect(a.number + b.number) WHERE n = 0)"),
            ],
            StagingParent = _staging,
            Scratch = new ScratchOptions { Home = (borrowed.Server as InstalledServer)?.Home, ImportFrom = 1 },
        }).RunAsync(backup.Id, null, null, Cancellation);

        Assert.Empty(record.ValidationErrors);
        Assert.Equal(RecoveryState.RecoverySuccess, record.State);
        Assert.Equal((600, 300), (record.Staged!.Nodes, record.Staged.Relationships));
        Assert.NotEqual(backup.Fingerprint, record.Staged.Fingerprint);
        Assert.Equal(["Ship"], record.Part!.Labels);
    }

    [Fact]
    public async Task What_was_found_before_staging_failed_is_not_lost()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await borrowed.RunAsync("CREATE (:Only)", Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var backup = await place.TakeAsync();

        var record = await new RecoveryRun(place.Repository, new RecoveryOptions
        {
            Assertions =
            [
                new("MATCH (n) RETURN count(n) = 0"),
                // Cuts the connection that it runs on.
                new("CALL dbms.listConnections() YIELD connectionId WITH collect(connectionId) AS ids "
                    + "CALL dbms.killConnections(ids) YIELD message RETURN message IS NOT NULL"),
                new("UNWIND range(1, 1000) AS i CALL { WITH i MATCH (n) RETURN count(n) AS c } RETURN i > 0"),
            ],
            StagingParent = _staging,
            Scratch = new ScratchOptions { Home = (borrowed.Server as InstalledServer)?.Home },
        }).RunAsync(backup.Id, null, null, Cancellation);

        Assert.Equal(RecoveryState.RecoveryFailed, record.State);
        Assert.Equal(2, record.ValidationErrors.Count);
        Assert.StartsWith("Assertion 'MATCH (n) RETURN count(n) = 0' does not hold", record.ValidationErrors[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Assertion", record.ValidationErrors[1], StringComparison.Ordinal);
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

    // Of a graph that has none of it.
    private static readonly DeclaredSchema s_broken = DeclaredSchema.Parse("""
        {"version": 1,
         "labels": {"Nowhere": {"required": true, "properties": ["name"]}},
         "indexes": [{"name": "nowhere", "type": "range", "label": "Nowhere", "properties": ["name"]}],
         "rules": [{"name": "Three too many", "cypher": "RETURN 3"},
                   {"name": "Only a warning", "cypher": "RETURN 1", "severity": "warn"},
                   {"name": "It writes", "cypher": "CREATE (n) RETURN 0"},
                   {"name": "No row", "cypher": "MATCH (n:Nowhere) RETURN n.name"}]}
        """u8.ToArray(), "broken.json");

    /// <summary>The steps that are told, in their order. Ends the run at one of them, as a fault of Grap's own would, which
    /// leaves everything as a process that dies there.</summary>
    private sealed class Steps(string? end) : IProgress<WorkProgress>
    {
        private readonly List<string> _seen = [];

        public IReadOnlyList<string> Seen => _seen;

        public void Report(WorkProgress value)
        {
            // With a colon it is how far the reading of an archive is.
            if (value.Status.Any(static letter => letter is ':' or ' '))
                return;
            if (value.Status == end)
                throw new TimeoutException();
            if (!_seen.Contains(value.Status))
                _seen.Add(value.Status);
        }
    }
}
