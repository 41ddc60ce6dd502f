using Grap.Backups;
using Grap.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Repositories;

public sealed class TrashTests
{
    private readonly SimulatedFileSystem _files = new();
    private readonly FakeTime _time = new() { RunsByItself = true };

    [Fact]
    public void A_trashed_backup_is_in_no_listing_and_comes_back_as_it_was()
    {
        var repository = Repository("a", "b");
        repository.RecordVerification(Workshop.Verified(repository, "a", VerificationLevel.Structure));
        var before = repository.Get("a");
        var files = Contents("a");
        Trash(repository, "a");

        Assert.Equal(["b"], repository.List().Select(backup => backup.Id));
        Assert.Equal(GrapCondition.BackupNotFound, Condition(() => repository.Get("a")));
        var trashed = Assert.Single(repository.ListTrash());
        Assert.Equal(("a", before.ArchiveId, VerificationLevel.Structure), (trashed.Id, trashed.ArchiveId, trashed.VerifiedLevel));
        Assert.Equal(_time.GetUtcNow(), trashed.TrashedAt);
        Assert.Equal((before.Database, before.Nodes, before.CreatedAt), (trashed.Database, trashed.Nodes, trashed.CreatedAt));

        var back = Undo(repository, "a");

        Assert.Empty(repository.ListTrash());
        Assert.Equal((before.ArchiveId, VerificationLevel.Structure), (back.ArchiveId, back.VerifiedLevel));
        Assert.Null(back.TrashedAt);
        Assert.Equal(files, Contents("a"));
    }

    [Fact]
    public void The_trash_is_Graps_own_and_no_foreign_file()
    {
        var repository = Repository("a", "b");
        Trash(repository, "a");
        var reports = new List<string>();
        _ = repository.List(reports.Add);
        Assert.Empty(reports);
    }

    [Fact]
    public void An_id_can_be_used_again_and_the_trashed_one_waits_until_it_is_free()
    {
        var repository = Repository("a");
        var first = repository.Get("a").ArchiveId;
        Trash(repository, "a");
        Workshop.Take(repository, "a");
        var second = repository.Get("a").ArchiveId;

        Assert.Equal(GrapCondition.BackupExists, Condition(() => Undo(repository, "a")));
        Assert.Equal(second, repository.Get("a").ArchiveId);
        _time.Advance(TimeSpan.FromHours(1));
        Trash(repository, "a");
        Assert.Equal([second, first], repository.ListTrash().Select(backup => backup.ArchiveId));
        Assert.Equal(second, Undo(repository, "a").ArchiveId);
        Assert.Equal([first], repository.ListTrash().Select(backup => backup.ArchiveId));
    }

    [Fact]
    public void A_purged_backup_is_gone_for_good_and_leaves_a_new_one_of_its_id_alone()
    {
        var repository = Repository("a");
        Trash(repository, "a");
        Workshop.Take(repository, "a");
        using (var held = repository.Lock("test"))
            repository.Purge(repository.ListTrash().Single(), held);
        Assert.Empty(repository.ListTrash());
        Assert.Equal(BackupStatus.Available, repository.Get("a").Status);
        Assert.Equal(
            ["a.grap", "a.grap.sha256", "a.json"],
            _files.Files(Workshop.Folder).Keys.Where(name => name.Contains('a') && name.StartsWith('a')).Order());
        using (var held = repository.Lock("test"))
            repository.MoveToTrash("a", held, "test");
        Assert.Equal(GrapCondition.BackupNotFound, Condition(() => Undo(repository, "other")));
    }

    [Fact]
    public void A_pinned_backup_is_not_trashed()
    {
        var repository = Repository("a");
        using (var held = repository.Lock("test"))
            repository.SetProtected("a", true, held);
        Assert.Equal(GrapCondition.BackupProtected, Condition(() => Trash(repository, "a")));
        Assert.Single(repository.List());
    }

    [Fact]
    public void A_damaged_archive_is_shown_in_the_trash_and_not_brought_back()
    {
        var repository = Repository("a", "b");
        Trash(repository, "a");
        var name = _files.Files(Workshop.Folder).Keys.Single(file => file.EndsWith(".trashed", StringComparison.Ordinal));
        Damage(name, at: 70);

        Assert.Equal(GrapCondition.ArchiveCorrupt, Condition(() => Undo(repository, "a")));
        Assert.Equal("a", Assert.Single(repository.ListTrash()).Id);
        Assert.DoesNotContain("a.json", _files.Files(Workshop.Folder).Keys);
        Damage(name, at: 0);
        Assert.Equal(BackupStatus.Damaged, Assert.Single(repository.ListTrash()).Status);
    }

    [Fact]
    public void Without_its_journal_the_trash_begins_its_time_anew()
    {
        var repository = Repository("a");
        Trash(repository, "a");
        _files.Delete($"{Workshop.Folder}/journal.jsonl");
        _time.Advance(TimeSpan.FromDays(30));

        var again = Workshop.Open(_files, _time);
        again.Lock("test").Dispose();

        Assert.Equal(_time.GetUtcNow(), Assert.Single(again.ListTrash()).TrashedAt);
        Assert.Equal("BackupTrashed", Assert.Single(again.Journal.Read()).Operation);
    }

    [Fact]
    public void Failed_attempts_are_counted_since_the_last_success_and_by_database()
    {
        var repository = Repository("a");
        Workshop.Take(repository, "other-1", "other");
        Fail(repository, "neo4j");
        Fail(repository, null);
        Fail(repository, "other");
        var state = repository.Journal.State();

        Assert.Equal(2, state.FailuresSince([repository.Get("a").ArchiveId], "neo4j"));
        Assert.Equal(2, state.FailuresSince([repository.Get("other-1").ArchiveId], "other"));
        Assert.Equal(3, state.FailuresSince([], null));
        Workshop.Take(repository, "b");
        state = repository.Journal.State();
        Assert.Equal(0, state.FailuresSince([repository.Get("a").ArchiveId, repository.Get("b").ArchiveId], "neo4j"));
        Assert.Equal(_time.GetUtcNow(), state.LastEntryAt);
    }

    private void Damage(string name, int at)
    {
        var bytes = _files.Files(Workshop.Folder)[name].ToArray();
        bytes[at] ^= 1;
        _files.Delete($"{Workshop.Folder}/{name}");
        _files.CreateNew($"{Workshop.Folder}/{name}")!.Append(bytes);
    }

    private static void Fail(FolderRepository repository, string? database) => repository.Journal.Append(new JournalEntry
    {
        Operation = "BackupCreated",
        Result = JournalResult.Failure,
        Details = database is null ? new Dictionary<string, string>() : new() { ["database"] = database },
    });

    private FolderRepository Repository(params string[] ids)
    {
        var repository = Workshop.Open(_files, _time);
        foreach (var id in ids)
            Workshop.Take(repository, id);
        return repository;
    }

    private Dictionary<string, string> Contents(string id) => _files.Files(Workshop.Folder)
        .Where(file => file.Key.StartsWith($"{id}.", StringComparison.Ordinal))
        .ToDictionary(file => file.Key, file => Convert.ToHexString(file.Value));

    private static void Trash(FolderRepository repository, string id)
    {
        using var held = repository.Lock("test");
        repository.MoveToTrash(id, held, "test");
    }

    private static Backup Undo(FolderRepository repository, string id)
    {
        using var held = repository.Lock("test");
        return repository.UndoRemoval(id, held, CancellationToken.None);
    }

    private static GrapCondition Condition(Action action) => Assert.Throws<GrapException>(action).Condition;
}
