using Grap.Audit;
using Grap.Bolt;
using Grap.Repositories;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Audit;

public sealed class AuditTrailTests
{
    private static readonly AuditedOperation Removal = AuditedOperation.RemoveBackup("gone");

    private readonly SimulatedFileSystem _files = new();
    private readonly List<string> _warnings = [];

    [Fact]
    public async Task A_failure_is_recorded_with_its_condition_and_thrown_on()
    {
        var repository = Workshop.Open(_files);
        var failure = new GrapException(GrapCondition.BackupProtected, "Backup 'gone' is protected.", "Unprotect it.");

        Assert.Same(failure, await Record.ExceptionAsync(() => Trail().RunAsync(Removal, () => throw failure)));

        var entry = Assert.Single(repository.Journal.Read());
        Assert.Equal(("BackupRemoved", "failure", "backup", "gone"), (entry.Operation, entry.Result, entry.EntityType, entry.EntityId));
        Assert.Equal("tester@host", entry.Actor);
        Assert.Equal("BackupProtected", entry.Details["condition"]);
        Assert.Equal("Backup 'gone' is protected.", entry.Details["problem"]);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task What_succeeds_is_left_to_the_repository()
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "gone");
        await Trail().RunAsync(Removal, () =>
        {
            using var held = repository.Lock("test");
            repository.Remove("gone", held, force: false);
            return Task.CompletedTask;
        });
        Assert.Equal(["BackupCreated", "BackupRemoved"], repository.Journal.Read().Select(entry => entry.Operation));
    }

    [Fact]
    public async Task A_stop_is_recorded_as_such()
    {
        var repository = Workshop.Open(_files);
        await Assert.ThrowsAsync<OperationCanceledException>(
            () => Trail().RunAsync(Removal, () => throw new OperationCanceledException()));
        Assert.Equal("cancelled", Assert.Single(repository.Journal.Read()).Result);
    }

    [Fact]
    public async Task A_refused_removal_leaves_the_backup_known()
    {
        var repository = Workshop.Open(_files);
        Workshop.Take(repository, "gone");
        await Assert.ThrowsAsync<GrapException>(() => Trail().RunAsync(Removal with
        {
            Details = new Dictionary<string, string> { ["archiveId"] = repository.Get("gone").ArchiveId.ToString() },
        }, () => throw new GrapException(GrapCondition.RepositoryLocked, "In use.", "Wait.")));
        using (Workshop.Open(_files).Lock("test"))
        {
            // Taking the lock writes what the journal does not know.
        }
        Assert.Equal(["BackupCreated", "BackupRemoved"], repository.Journal.Read().Select(entry => entry.Operation));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_does_not_hide_the_failure()
    {
        Workshop.Open(_files);
        var failure = new GrapException(GrapCondition.RepositoryFull, "No space.", "Free some.");
        var trail = new AuditTrail(
            Workshop.Folder, projects: false, _warnings.Add, Workshop.Options(_files) with { Files = new BrokenFileSystem(_files) });

        Assert.Same(failure, await Record.ExceptionAsync(() => trail.RunAsync(Removal, () => throw failure)));

        Assert.Contains("BackupRemoved, failure", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_there_is_no_repository_nothing_is_made()
    {
        await Assert.ThrowsAsync<GrapException>(() => Trail().RunAsync(
            Removal, () => throw new GrapException(GrapCondition.ServerUnavailable, "No.", "Start it.")));
        Assert.Null(_files.List(Workshop.Folder));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_query_is_recorded_without_its_text_and_without_what_the_server_said_of_it()
    {
        var repository = Workshop.Open(_files);
        const string Text = "ALTER CURRENT USER SET PASSWORD FROM 'old-secret' TO 'new-secret'";
        var operation = QueryAudit.Operation(Text, "system", "bolt://host:7687");

        Trail().Record(QueryAudit.WithCounters(operation, new BoltSummary
        {
            Metadata = new Dictionary<string, object?>
            {
                ["stats"] = new Dictionary<string, object?> { ["system-updates"] = 1L, ["contains-system-updates"] = true },
            },
        }));
        await Assert.ThrowsAsync<GrapException>(() => Trail().RunAsync(operation, () => throw new GrapException(
            GrapCondition.QueryFailed, $"Invalid input: {Text}", "Correct it.")));

        var entries = repository.Journal.Read().ToList();
        Assert.Equal(["success", "failure"], entries.Select(entry => entry.Result));
        Assert.Equal(("QueryRun", "database", "system"), (entries[0].Operation, entries[0].EntityType, entries[0].EntityId));
        Assert.Equal(["queryHash", "server", "system-updates"], entries[0].Details.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["condition", "queryHash", "server"], entries[1].Details.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(entries[0].Details["queryHash"], entries[1].Details["queryHash"]);
    }

    [Theory]
    [InlineData("r", false)]
    [InlineData("w", true)]
    [InlineData("rw", true)]
    [InlineData("s", true)]
    [InlineData(null, true)]
    public void A_query_counts_as_one_that_writes_unless_the_server_says_that_it_reads(string? type, bool writes) =>
        Assert.Equal(writes, QueryAudit.Writes(new BoltSummary { Metadata = new Dictionary<string, object?> { ["type"] = type } }));

    private AuditTrail Trail() => new(Workshop.Folder, projects: false, _warnings.Add, Workshop.Options(_files));

    /// <summary>Refuses to write.</summary>
    private sealed class BrokenFileSystem(IFileSystem files) : IFileSystem
    {
        public IWritableFile? CreateNew(string path) => throw new IOException("The disk is broken.");

        public IReadableFile? OpenRead(string path) => files.OpenRead(path);

        public IWritableFile? OpenAppend(string path) => throw new IOException("The disk is broken.");

        public void Rename(string from, string to) => throw new IOException("The disk is broken.");

        public bool Delete(string path) => files.Delete(path);

        public bool FileExists(string path) => files.FileExists(path);

        public IReadOnlyList<FolderItem>? List(string folder) => files.List(folder);

        public void SyncFolder(string folder) => files.SyncFolder(folder);

        public string? CreateFolder(string folder) => files.CreateFolder(folder);

        public long FreeSpace(string folder) => files.FreeSpace(folder);
    }
}
