using Grap.Audit;
using Grap.Repositories;
using Grap.Retention;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Retention;

public sealed class RetentionRunTests
{
    private static readonly RetentionPolicy s_two = new() { Last = 2 };

    private readonly SimulatedFileSystem _files = new();
    private readonly FakeTime _time = new() { RunsByItself = true };
    private readonly List<string> _warnings = [];

    [Fact]
    public async Task What_no_rule_keeps_goes_to_the_trash_and_is_purged_after_its_grace()
    {
        var repository = Repository(4);

        var first = await RunAsync(repository, s_two);

        Assert.Equal((2, 2, 0), (first.Kept, first.Trashed, first.Purged));
        Assert.Equal(["b2", "b3"], Ids(repository));
        Assert.Equal(["b0", "b1"], repository.ListTrash().Select(backup => backup.Id).Order());
        Assert.All(first.Decisions, decision => Assert.Equal(decision.Action == RetentionAction.Remove, decision.Done));

        _time.Advance(TimeSpan.FromDays(8));
        Take(repository, "b4");
        var second = await RunAsync(repository, s_two);

        Assert.Equal((2, 1, 2), (second.Kept, second.Trashed, second.Purged));
        Assert.True(second.FreedBytes > 0);
        Assert.Equal(["b3", "b4"], Ids(repository));
        Assert.Equal(["b2"], repository.ListTrash().Select(backup => backup.Id));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Each_removal_is_in_the_audit_log_with_its_reason_and_so_is_the_run()
    {
        var repository = Repository(3);
        await RunAsync(repository, s_two);

        var entries = repository.Journal.Read().SkipWhile(entry => entry.Operation != "BackupTrashed").ToList();

        Assert.Equal(["BackupTrashed", "RetentionApplied"], entries.Select(entry => entry.Operation));
        Assert.Equal(("b0", "No rule keeps it."), (entries[0].EntityId, entries[0].Details["reason"]));
        Assert.Equal(("2", "1", "0"), (entries[1].Details["kept"], entries[1].Details["trashed"], entries[1].Details["purged"]));
    }

    [Fact]
    public async Task What_is_not_confirmed_stays_and_a_plan_alone_changes_nothing()
    {
        var repository = Repository(4);
        var before = _files.Files(Workshop.Folder).Keys.Order().ToList();

        var declined = await RunAsync(repository, s_two, _ => Task.FromResult(false));

        Assert.Equal(2, declined.Decisions.Count(decision => decision.Action == RetentionAction.Remove));
        Assert.All(declined.Decisions, decision => Assert.False(decision.Done));
        Assert.Equal(before, _files.Files(Workshop.Folder).Keys.Order());
        Assert.DoesNotContain(repository.Journal.Read(), entry => entry.Operation == "RetentionApplied");

        var some = await RunAsync(repository, s_two, decision => Task.FromResult(decision.Id == "b1"));
        Assert.Equal(["b1"], some.Decisions.Where(decision => decision.Done).Select(decision => decision.Id));
        Assert.Equal(["b0", "b2", "b3"], Ids(repository));
    }

    [Fact]
    public async Task What_changes_while_it_is_asked_counts()
    {
        var repository = Repository(4);

        await RunAsync(repository, s_two, decision =>
        {
            using var held = repository.Lock("another");
            repository.SetProtected(decision.Id, true, held);
            return Task.FromResult(true);
        });

        Assert.Equal(4, Ids(repository).Count);
    }

    [Fact]
    public async Task A_failed_attempt_halts_it_and_the_result_says_why()
    {
        var repository = Repository(4);
        repository.Journal.Append(new JournalEntry { Operation = "BackupCreated", Result = JournalResult.Failure });

        var result = await RunAsync(repository, s_two);

        Assert.Equal(4, Ids(repository).Count);
        Assert.Contains("attempt", Assert.Single(result.Halted).Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_run_at_work_is_an_entry_of_a_failure()
    {
        var running = new HashSet<string> { "1", "2" };
        var repository = Repository(4);
        using var held = Workshop.Open(_files, _time, processes: new FakeProcesses("host", 1, running)).Lock("another");
        var second = Workshop.Open(_files, _time, processes: new FakeProcesses("host", 2, running));

        var failure = await Assert.ThrowsAsync<GrapException>(() => RunAsync(second, s_two));

        Assert.Equal(GrapCondition.RepositoryLocked, failure.Condition);
        var entry = repository.Journal.Read().Last();
        Assert.Equal(("RetentionApplied", "failure", "RepositoryLocked"),
            (entry.Operation, entry.Result, entry.Details["condition"]));
    }

    private FolderRepository Repository(int backups)
    {
        var repository = Workshop.Open(_files, _time);
        for (var i = 0; i < backups; i++)
            Take(repository, $"b{i}");
        return repository;
    }

    private void Take(FolderRepository repository, string id)
    {
        _time.Advance(TimeSpan.FromDays(1));
        using var held = repository.Lock("test");
        using var pending = repository.Begin(id, held);
        Workshop.Fill(pending.Archive, 1);
        pending.Publish(Workshop.Manifest(id) with
        {
            StartedAt = _time.GetUtcNow(), CompletedAt = _time.GetUtcNow(),
        }, CancellationToken.None);
    }

    private Task<RetentionResult> RunAsync(
        FolderRepository repository, RetentionPolicy policy, Func<RetentionDecision, Task<bool>>? confirm = null) =>
        new RetentionRun(repository, _time).RunAsync(
            policy, new AuditTrail(Workshop.Folder, projects: false, _warnings.Add, Workshop.Options(_files, _time)),
            confirm, null, CancellationToken.None);

    private static List<string> Ids(FolderRepository repository) =>
        [.. repository.List().Select(backup => backup.Id).Order(StringComparer.Ordinal)];
}
