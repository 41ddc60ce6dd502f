using Grap.Audit;
using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Servers;
using Grap.Repositories;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Audit;

/// <summary>What a repository knows, as nodes in the database.</summary>
public class ProjectionTests(ServerPool servers)
{
    /// <summary>A user's own nodes with every label that the projection uses, one tied to another.</summary>
    private const string UsersNodes = """
        CREATE (a:AuditLogEntry {id: 'mine', operation: 'BackupCreated'})-[:ABOUT]->(:BackupMetadata {id: 'first'}),
               (a)-[:ABOUT]->(:GrapProjection {name: 'odd'}), (:RecoveryState {id: 'mine'})
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Versions => ServerPool.SlowVersions;

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_guides_queries_answer_and_backups_stay_what_they_were(string version)
    {
        await using var borrowed = await servers.BorrowAsync(version, Cancellation);
        await borrowed.RunAsync(UsersNodes, Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        var projector = new Projector(place.Session, place.Repository);

        var first = await place.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt, Id = "first" });
        Assert.Equal(new ProjectionResult(2, JournalDiffers: false), await projector.UpdateAsync(Cancellation));
        await AssertTheGuidesQueriesAnswerAsync(borrowed);

        // The projection was committed before, so the next backup of an idle database is exact, and sees none of it.
        var second = await place.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt, Id = "second" });
        Assert.Equal((Exactness.Exact, Exactness.Exact), (first.Exactness, second.Exactness));
        Assert.Equal(1, second.Manifest!.Reading!.Passes);
        Assert.Equal((4, 2, first.Fingerprint), (second.Nodes, second.Relationships, second.Fingerprint));
        Assert.Equal(place.Lines(first), place.Lines(second));
        Assert.DoesNotContain(second.Manifest.Schema.Constraints, constraint => constraint.Name.StartsWith("grap_", StringComparison.Ordinal));
        Assert.DoesNotContain(second.Manifest.Schema.Indexes, index => index.Name.StartsWith("grap_", StringComparison.Ordinal));

        await AssertOnlyWhatIsNewIsWrittenAsync(borrowed, place, projector);
        await AssertARestoredDatabaseIsFilledAgainAsync(borrowed, projector);
        await AssertAJournalBegunAnewReplacesNothingAsync(borrowed, place);

        Assert.Equal(4L, await CountAsync(borrowed, "MATCH (n) WHERE n.grap_repository IS NULL RETURN count(n)"));
        Assert.Equal(1L, await CountAsync(borrowed,
            "MATCH (:AuditLogEntry {id: 'mine'})-[:ABOUT]->(b:BackupMetadata {id: 'first'}) WHERE size(keys(b)) = 1 RETURN count(b)"));
    }

    [Fact]
    public async Task What_the_server_refuses_to_write_is_a_warning_and_leaves_the_users_nodes()
    {
        await using var borrowed = await servers.BorrowAsync(LabServerOptions.DefaultVersion, Cancellation);
        await borrowed.RunAsync(UsersNodes, Cancellation);
        await borrowed.RunAsync("CREATE CONSTRAINT FOR (b:BackupMetadata) REQUIRE b.id IS UNIQUE", Cancellation);
        await using var place = await Workplace.OpenAsync(borrowed.Server);
        await place.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt, Id = "first" });
        var warnings = new List<string>();

        await new AuditTrail(place.Repository.Path, projects: true, warnings.Add).ProjectAsync(place.Session, Cancellation);

        Assert.Contains("GRAP_PROJECTION", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Equal(0L, await CountAsync(borrowed, "MATCH (n) WHERE n.grap_repository IS NOT NULL RETURN count(n)"));
        warnings.Clear();
        await new AuditTrail(place.Repository.Path, projects: false, warnings.Add).ProjectAsync(place.Session, Cancellation);
        Assert.Empty(warnings);
    }

    private static async Task AssertTheGuidesQueriesAnswerAsync(BorrowedServer borrowed)
    {
        var log = await borrowed.RunAsync("""
            MATCH (a:AuditLogEntry)
            RETURN a.timestamp, a.operation, a.actor, a.result
            ORDER BY a.timestamp DESC
            LIMIT 20;
            """, Cancellation);
        // The user's own has no timestamp, which sorts first.
        Assert.Equal(["BackupCreated", "BackupVerified", "BackupCreated"], log.Select(row => row[1]));
        Assert.All(log.Skip(1), row => Assert.Equal("success", row[3]));
        Assert.All(log.Skip(1), row => Assert.Contains('@', (string)row[2]!));

        var trail = await borrowed.RunAsync("""
            MATCH (a:AuditLogEntry) WHERE a.timestamp IS NOT NULL
            RETURN {
              timestamp: a.timestamp,
              operation: a.operation,
              actor: a.actor,
              result: a.result,
              entity_type: a.entity_type,
              entity_id: a.entity_id
            }
            ORDER BY a.timestamp DESC
            LIMIT 50;
            """, Cancellation);
        Assert.All(trail, row => Assert.Equal("first", ((IReadOnlyDictionary<string, object?>)row[0]!)["entity_id"]));

        var recovery = Assert.Single(await borrowed.RunAsync("""
            MATCH (r:RecoveryState {id: 'recovery-current'})
            RETURN {
              status: r.status,
              progress: r.progress_percent,
              backup_id: r.backup_id,
              started_at: r.started_at,
              completed_at: r.completed_at,
              validation_errors: r.validation_errors,
              promoted_to_production: r.promoted_to_production
            };
            """, Cancellation));
        var state = (IReadOnlyDictionary<string, object?>)recovery[0]!;
        Assert.Equal(("NOT_RECOVERING", 0L, false), (state["status"], state["progress"], state["promoted_to_production"]));
        Assert.Null(state["backup_id"]);

        var backup = Assert.Single(await borrowed.RunAsync(
            "MATCH (b:BackupMetadata:GrapProjection) RETURN b.id, b.status, b.exactness, b.verified_level, b.size_bytes > 0", Cancellation));
        Assert.Equal(["first", "Available", "Exact", "Structure", true], backup);
    }

    private static async Task AssertOnlyWhatIsNewIsWrittenAsync(BorrowedServer borrowed, Workplace place, Projector projector)
    {
        Assert.Equal(2, (await projector.UpdateAsync(Cancellation)).Entries);
        using (var held = place.Repository.Lock("test", Cancellation))
            place.Repository.Remove("second", held, force: true);
        Assert.Equal(1, (await projector.UpdateAsync(Cancellation)).Entries);
        Assert.Equal(5L, await CountAsync(borrowed, "MATCH (a:AuditLogEntry:GrapProjection) RETURN count(a)"));
        Assert.Equal(1L, await CountAsync(borrowed, "MATCH (b:BackupMetadata:GrapProjection) RETURN count(b)"));

        var before = await BookmarkAsync(place);
        Assert.Equal(0, (await projector.UpdateAsync(Cancellation)).Entries);
        Assert.Equal(before, await BookmarkAsync(place));
    }

    private static async Task AssertARestoredDatabaseIsFilledAgainAsync(BorrowedServer borrowed, Projector projector)
    {
        // As after a restore of an older state of the data folder: some of it is there.
        await borrowed.RunAsync("MATCH (a:AuditLogEntry:GrapProjection) WHERE a.sequence > 2 DELETE a", Cancellation);
        await borrowed.RunAsync("MATCH (r:RecoveryState:GrapProjection) DELETE r", Cancellation);
        Assert.Equal(5, (await projector.RebuildAsync(Cancellation)).Entries);
        Assert.Equal(5L, await CountAsync(borrowed, "MATCH (a:AuditLogEntry:GrapProjection) RETURN count(a)"));
        Assert.Equal(1L, await CountAsync(borrowed, "MATCH (r:RecoveryState:GrapProjection) RETURN count(r)"));
        // As after a restore of a logical backup: nothing is there.
        await borrowed.RunAsync("MATCH (n:GrapProjection) WHERE n.grap_repository IS NOT NULL DELETE n", Cancellation);
        Assert.Equal(5, (await projector.UpdateAsync(Cancellation)).Entries);
        Assert.Equal(5L, await CountAsync(borrowed, "MATCH (a:AuditLogEntry:GrapProjection) RETURN count(a)"));
    }

    private static async Task AssertAJournalBegunAnewReplacesNothingAsync(BorrowedServer borrowed, Workplace place)
    {
        File.Delete(Path.Combine(place.Repository.Path, "journal.jsonl"));
        var again = FolderRepository.Open(place.Repository.Path, create: false);
        again.Journal.Append(new JournalEntry { Operation = "Anew", EntityType = "test" });
        Assert.Equal(
            new ProjectionResult(1, JournalDiffers: true), await new Projector(place.Session, again).UpdateAsync(Cancellation));
        Assert.Equal(6L, await CountAsync(borrowed, "MATCH (a:AuditLogEntry:GrapProjection) RETURN count(a)"));
        Assert.False((await new Projector(place.Session, again).UpdateAsync(Cancellation)).JournalDiffers);
    }

    private static async Task<object?> CountAsync(BorrowedServer borrowed, string query) =>
        (await borrowed.RunAsync(query, Cancellation))[0][0];

    private static async Task<string?> BookmarkAsync(Workplace place)
    {
        await using var connection = await place.Session.ConnectAsync(BoltAccessMode.Read, Cancellation);
        await using var cursor = await connection.RunAsync(new BoltQuery("RETURN 1"), Cancellation);
        while (await cursor.ReadAsync(Cancellation))
        {
            // One row, of no interest.
        }
        return cursor.Summary?.Bookmark;
    }
}
