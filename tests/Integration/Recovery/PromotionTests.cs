using Grap.Backups;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Applying;
using Grap.Recovery.States;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Recovery;

/// <summary>The difference between production and a backup is applied to production, and taken back; writers, lost
/// answers and interruptions get in between.</summary>
public sealed class PromotionTests(ServerPool servers)
{
    // A cycle of unique values, a value handed on by a label that is lost, elements deleted, made and changed.
    private static readonly string[] s_before =
    [
        "CREATE CONSTRAINT u_key FOR (n:U) REQUIRE n.key IS UNIQUE",
        "CREATE CONSTRAINT u_pair FOR (n:P) REQUIRE (n.a, n.b) IS UNIQUE",
        "UNWIND range(1, 50) AS i CREATE (:U {key: i, text: 'x' + i, list: [i, i + 1]})-[:NEXT {i: i}]->(:Other {i: i})",
        "UNWIND range(1, 4) AS i CREATE (:P {a: 1, b: i})",
        "MATCH (n:U {key: 1}) CREATE (n)-[:SELF {p: 1.5}]->(n), (n)-[:SELF {p: 1.5}]->(n)",
    ];

    private static readonly string[] s_since =
    [
        "MATCH (n:U) WHERE n.key <= 4 SET n.key = n.key + 1000",
        "MATCH (n:U) WHERE n.key > 1000 SET n.key = (n.key - 1000) % 4 + 1",
        "MATCH (n:U {key: 7}) REMOVE n:U SET n:Was",
        "CREATE (:U {key: 7, text: 'another'})",
        "MATCH (n:P) SET n.b = n.b + 100",
        "MATCH (n:P) SET n.b = 105 - (n.b - 100) - 100",
        "MATCH (n:U) WHERE n.key IN [10, 11, 12] DETACH DELETE n",
        "MATCH (n:U) WHERE n.key IN [20, 21] SET n:More, n.text = null, n.more = point({x: 1.0, y: 2.0})",
        "MATCH (n:U)-[r:NEXT]->() WHERE n.key IN [30, 31] SET r.i = 1.0, r.new = date('2024-02-29')",
        "MATCH (n:U)-[r:NEXT]->(m) WHERE n.key IN [40, 41] DELETE r CREATE (m)-[:NEXT]->(n)",
        "MATCH (n:U {key: 50}) CREATE (n)-[:LATER]->(:Later {at: datetime()}), (n)-[:LATER]->(n)",
    ];

    // Without those of the generated graph.
    private const string Constraints =
        "SHOW CONSTRAINTS YIELD name WHERE name STARTS WITH 'u_' OR name STARTS WITH 'other_' RETURN name ORDER BY name";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(ServerPool.SlowVersions), MemberType = typeof(ServerPool))]
    public async Task Production_becomes_the_backup_in_one_transaction_and_what_it_was_when_that_is_undone(string version)
    {
        await using var place = await PrepareAsync(version);

        var plan = await place.Promoter().PlanAsync(place.Database, null, null, Cancellation);
        Assert.True(plan.Atomic, plan.Reason);
        Assert.Empty(plan.Remarks);
        Assert.Equal(place.Wanted.Manifest!.Source.DatabaseId!.Value, plan.DatabaseId);
        var promoted = await place.PromoteAsync();

        Assert.Equal((true, true, "PROMOTED"), (promoted.Equal, promoted.Atomic, promoted.Status));
        Assert.Equal((plan.Nodes, plan.Relationships), (promoted.Nodes, promoted.Relationships));
        Assert.Empty(promoted.NotCarried);
        Assert.Equal(place.TransactionBefore() + 1, await place.NewestAsync());
        Assert.Equal(place.Wanted.Fingerprint, await place.FingerprintAsync());

        var undone = await place.UndoAsync();
        Assert.Equal((true, true, "RECOVERY_SUCCESS"), (undone.Equal, undone.Atomic, undone.Status));
        Assert.Equal(place.Present.Fingerprint, await place.FingerprintAsync());
        var safety = place.Repository.Get(promoted.SafetyBackupId!);
        Assert.Equal((true, place.Present.Fingerprint), (safety.Protected, safety.Fingerprint));
    }

    [Fact]
    public async Task A_commit_in_between_is_seen_and_is_in_the_safety_backup()
    {
        await using var place = await PrepareAsync();
        var commits = 0;
        var promoted = await place.PromoteAsync(tell: status =>
        {
            if (status == "Committing" && commits++ == 0)
                place.Write("MATCH (n:Other {i: 49}) SET n.written = 'meanwhile'");
        });

        Assert.Equal((2, true), (commits, promoted.Equal));
        Assert.Equal(place.Wanted.Fingerprint, await place.FingerprintAsync());
        await place.UndoAsync();
        Assert.Equal([1L], await place.ReadAsync("MATCH (n:Other {written: 'meanwhile'}) RETURN count(n)"));
        // The one before, which does not have it, is gone; that of undoing has come.
        Assert.Equal(2, place.Repository.List().Count(static backup => backup.Tags.Contains("safety")));
    }

    [Fact]
    public async Task While_others_keep_writing_nothing_is_changed()
    {
        await using var place = await PrepareAsync();
        var writes = 0L;
        var refused = await Assert.ThrowsAsync<GrapException>(() => place.PromoteAsync(tell: status =>
        {
            // Not to what the promotion has locked, which would wait for it.
            if (status == "Committing")
                place.Write($"CREATE (:Written {{number: {++writes}}})");
        }));

        Assert.Equal(GrapCondition.TargetChanged, refused.Condition);
        Assert.Equal(new ApplyOptions().Attempts, writes);
        Assert.Null(place.Record().Promotion);
        Assert.Equal([writes], await place.ReadAsync("MATCH (n:Written) RETURN count(n)"));
        Assert.Equal([47L], await place.ReadAsync("MATCH (n:U) RETURN count(n)"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_COMMIT_or_the_answer_to_it_that_is_lost_is_found_out_about(bool arrives)
    {
        await using var place = await PrepareAsync();
        place.Proxy.LoseCommit(1, arrives);

        var promoted = await place.PromoteAsync();

        Assert.True(place.Proxy.AllAreLost);
        Assert.Equal((true, place.TransactionBefore() + 1), (promoted.Equal, await place.NewestAsync()));
        Assert.Equal(place.Wanted.Fingerprint, await place.FingerprintAsync());
    }

    public static TheoryData<string> Moments { get; } =
        ServerPool.IsFull ? new("CreateNodes", "Committing", "Written") : new("Committing");

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_server_that_is_killed_is_the_one_graph_or_the_other_and_one_command_ends_it(string at)
    {
        await using var place = await PrepareAsync();
        if (place.Server.Server is not InstalledServer)
        {
            Assert.Skip("A server in a container is not killed by this test.");
            return;
        }
        var killed = false;
        var interrupted = await Record.ExceptionAsync(() => place.PromoteAsync(tell: status =>
        {
            if (status != at || killed)
                return;
            killed = true;
            Task.Run(place.KillAndRestartAsync).GetAwaiter().GetResult();
        }));

        Assert.True(killed);
        if (interrupted is not null)
        {
            Assert.IsType<GrapException>(interrupted);
            Assert.True((await place.PromoteAsync()).Equal);
        }
        Assert.Equal(RecoveryState.Promoted, place.Record().State);
        Assert.Equal(place.Wanted.Fingerprint, await place.FingerprintAsync());
    }

    public static TheoryData<string> StepwiseMoments { get; } =
        new("DropSchema", "DeleteRelationships", "CreateNodes", "ChangeNodes", "CreateSchema", "Verify");

    [Theory]
    [Trait(ServerPool.Run, ServerPool.Full)]
    [MemberData(nameof(StepwiseMoments))]
    public async Task A_server_that_is_killed_between_steps_is_gone_on_with(string at)
    {
        await using var place = await PrepareAsync();
        await place.Server.RunAsync("CREATE INDEX only_now FOR (n:Other) ON (n.i)", Cancellation);
        var constraints = (await place.ReadAsync(Constraints)).ToList();
        await place.Server.RunAsync($"DROP CONSTRAINT {constraints[0]}", Cancellation);
        var seen = new List<string>();
        var interrupted = await Record.ExceptionAsync(() => place.PromoteAsync(
            new ApplyOptions { Stepwise = true, BatchElements = 3 }, status =>
            {
                if (!seen.Contains(status))
                    seen.Add(status);
                if (status != at || seen.Contains("killed"))
                    return;
                seen.Add("killed");
                Task.Run(place.KillAndRestartAsync).GetAwaiter().GetResult();
            }));

        TestContext.Current.SendDiagnosticMessage(string.Join(' ', seen) + (interrupted is null ? "" : $": {interrupted.Message}"));
        Assert.Contains("killed", seen);
        if (interrupted is not null)
        {
            Assert.IsType<GrapException>(interrupted);
            Assert.True((await place.PromoteAsync()).Equal);
        }
        Assert.Equal(RecoveryState.Promoted, place.Record().State);
        Assert.Equal(place.Wanted.Fingerprint, await place.FingerprintAsync());
        Assert.Empty(await place.ReadAsync("SHOW INDEXES YIELD name WHERE name = 'only_now' RETURN name"));
        Assert.Equal(constraints, await place.ReadAsync(Constraints));
    }

    [Fact]
    public async Task A_schema_that_differs_is_changed_in_steps_that_are_announced()
    {
        await using var place = await PrepareAsync();
        foreach (var text in new[]
        {
            "DROP CONSTRAINT u_key", "MATCH (n:U {key: 20}) SET n.key = 21",
            "CREATE CONSTRAINT other_i FOR (n:Other) REQUIRE n.i IS UNIQUE",
            "CREATE TEXT INDEX u_text FOR (n:U) ON (n.text)",
        })
            await place.Server.RunAsync(text, Cancellation);
        var present = await place.TakeAsync("present-2");
        var announced = new List<string>();

        var promoted = await place.PromoteAsync(announce: announced.Add);

        Assert.Equal((true, false), (promoted.Equal, promoted.Atomic));
        Assert.Empty(promoted.Remarks);
        Assert.Equal(["other_i", "u_key", "u_text"], promoted.Schema.Select(static s => s.Name).Order());
        Assert.Contains("cannot change in the transaction of the elements", Assert.Single(announced), StringComparison.Ordinal);
        Assert.Equal(place.Wanted.Fingerprint, await place.FingerprintAsync());
        Assert.Equal(["u_key", "u_pair"], await place.ReadAsync(Constraints));

        Assert.True((await place.UndoAsync()).Equal);
        Assert.Equal(present.Fingerprint, await place.FingerprintAsync());
        Assert.Equal(["other_i", "u_pair"], await place.ReadAsync(Constraints));
    }

    [Theory]
    [InlineData("ReleaseNodes", true)]
    [InlineData("CreateRelationships", false)]
    [InlineData("ChangeNodes", true)]
    public async Task Steps_that_were_interrupted_are_gone_on_with_or_taken_back(string at, bool goesOn)
    {
        await using var place = await PrepareAsync();
        var options = new ApplyOptions { Stepwise = true, BatchElements = 3 };
        await Assert.ThrowsAsync<InvalidOperationException>(() => place.PromoteAsync(options, status =>
        {
            if (status == at)
                throw new InvalidOperationException("Interrupted.");
        }));
        var record = place.Record();
        Assert.Equal((RecoveryState.RecoverySuccess, PromotionStage.Promoting), (record.State, record.Promotion!.Stage));
        Assert.Equal(at, record.Promotion.Steps[^1].Name);

        var ended = goesOn ? await place.PromoteAsync(options) : await place.UndoAsync();

        Assert.True(ended.Equal);
        Assert.Empty(ended.InterimBackupIds);
        Assert.Empty(ended.Remarks);
        var expected = goesOn ? place.Wanted : place.Present;
        Assert.Equal(expected.Fingerprint, await place.FingerprintAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_others_commit_before_interrupted_steps_are_gone_on_with_is_kept_in_a_backup(bool undoing)
    {
        await using var place = await PrepareAsync();
        var options = new ApplyOptions { Stepwise = true, BatchElements = 3 };
        if (undoing)
            await place.PromoteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(status =>
        {
            if (status == "ChangeNodes")
                throw new InvalidOperationException("Interrupted.");
        }));
        // Neither backup has it so.
        place.Write("MATCH (n:Other {i: 49}) SET n.written = 'meanwhile'");
        var found = await place.FingerprintAsync();

        var ended = await RunAsync(null);

        Assert.True(ended.Equal);
        Assert.Equal((undoing ? place.Present : place.Wanted).Fingerprint, await place.FingerprintAsync());
        var kept = place.Repository.Get(Assert.Single(ended.InterimBackupIds));
        Assert.Equal((true, found), (kept.Protected, kept.Fingerprint));
        Assert.Contains("safety", kept.Tags);
        Assert.Contains(kept.Id, Assert.Single(ended.Remarks), StringComparison.Ordinal);
        Assert.Equal(place.Present.Fingerprint, place.Repository.Get(ended.SafetyBackupId!).Fingerprint);

        Task<PromotionResult> RunAsync(Action<string>? tell) =>
            undoing ? place.UndoAsync(options, tell) : place.PromoteAsync(options, tell);
    }

    [Fact]
    public async Task What_others_commit_while_indexes_are_created_is_a_remark()
    {
        await using var place = await PrepareAsync();
        await place.Server.RunAsync("DROP CONSTRAINT u_key", Cancellation);

        var promoted = await place.PromoteAsync(tell: status =>
        {
            if (status == "CreateSchema")
                place.Write("MATCH (n:Other {i: 49}) SET n.i = -1");
        });

        Assert.Equal((null, "PROMOTED"), (promoted.Equal, promoted.Status));
        Assert.Contains("it differs", Assert.Single(promoted.Remarks), StringComparison.Ordinal);
        Assert.Equal([1L], await place.ReadAsync("MATCH (n:Other {i: -1}) RETURN count(n)"));
    }

    [Fact]
    public async Task A_safety_backup_that_cannot_be_taken_leaves_everything_as_it_is()
    {
        await using var place = await PrepareAsync();
        using (place.Repository.Lock("somebody else", Cancellation))
        {
            var refused = await Assert.ThrowsAsync<GrapException>(() => place.PromoteAsync());
            Assert.Equal(GrapCondition.SafetyBackupFailed, refused.Condition);
        }

        Assert.Null(place.Record().Promotion);
        Assert.Equal(place.Present.Fingerprint, await place.FingerprintAsync());
    }

    [Fact]
    public async Task A_physical_backup_is_promoted_as_well()
    {
        await using var place = await PrepareAsync(LabServerOptions.DefaultVersion, BackupMethod.HotCopy);
        var promoted = await place.PromoteAsync();
        Assert.Equal((true, true), (promoted.Equal, promoted.Atomic));
        Assert.Equal([4L], await place.ReadAsync("MATCH (n:P) WHERE n.b IN [1, 2, 3, 4] RETURN count(n)"));
        Assert.True((await place.UndoAsync()).Equal);
        Assert.Equal(place.Present.Fingerprint, await place.FingerprintAsync());
    }

    [Fact]
    public async Task Another_database_than_the_one_that_was_backed_up_is_made_the_same()
    {
        await using var place = await PrepareAsync();
        // As good as a new database on a new machine: its elements have other ids.
        await EmptyDatabase.MakeAsync(place.Server.Server, Cancellation);
        await place.Server.RunAsync("UNWIND range(1, 80) AS i CREATE (:Stranger {i: i})-[:TO]->(:U {key: i})", Cancellation);

        var promoted = await place.PromoteAsync();

        Assert.True(promoted.Equal);
        Assert.Equal(place.Wanted.Fingerprint, await place.FingerprintAsync());
    }

    private async Task<PromotionPlace> PrepareAsync(
        string version = LabServerOptions.DefaultVersion, BackupMethod method = BackupMethod.Bolt)
    {
        var server = await servers.BorrowAsync(version, Cancellation);
        try
        {
            await server.LoadAsync(new GraphOptions(GraphName.Generated, 300), Cancellation);
            foreach (var text in s_before)
                await server.RunAsync(text, Cancellation);
            var place = await PromotionPlace.OpenAsync(server);
            place.Wanted = await place.TakeAsync("wanted", method);
            foreach (var text in s_since)
                await server.RunAsync(text, Cancellation);
            place.Present = await place.TakeAsync("present");
            place.Recover(place.Wanted);
            return place;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
