using Grap.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Repositories;

public sealed class LockTests
{
    private const string LockPath = $"{Workshop.Folder}/lock";

    private readonly SimulatedFileSystem _files = new();

    [Fact]
    public void A_second_run_is_refused_at_once_and_told_who_holds_the_lock()
    {
        var time = new FakeTime { RunsByItself = true };
        var running = new HashSet<string> { "7", "8" };
        using var held = Open("here", 7, time, running).Lock("New-GrapBackup");
        var error = Assert.Throws<GrapException>(() => Open("here", 8, time, running).Lock("Remove-GrapBackup"));
        Assert.Equal(GrapCondition.RepositoryLocked, error.Condition);
        Assert.Contains("New-GrapBackup", error.Message, StringComparison.Ordinal);
        Assert.Contains("process 7 on here", error.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.Zero, time.Waited);
        held.EnsureHeld();
    }

    [Fact]
    public void A_dead_owner_on_this_machine_is_succeeded_at_once()
    {
        var time = new FakeTime { RunsByItself = true };
        Open("here", 7, time).Lock("dies");
        Open("here", 8, time).Lock("next").EnsureHeld();
        Assert.Equal(TimeSpan.Zero, time.Waited);
    }

    [Fact]
    public void An_owner_elsewhere_that_is_silent_for_a_minute_is_succeeded_and_finds_its_lock_lost()
    {
        var elsewhere = Open("there", 7, new FakeTime());
        var lost = elsewhere.Lock("suspended");
        using var pending = elsewhere.Begin("late", lost);
        var time = new FakeTime { RunsByItself = true };
        var repository = Open("here", 8, time);
        using (var held = repository.Lock("next"))
        {
            Assert.InRange(time.Waited, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(63));
            Workshop.Take(repository, "new", held);
            Assert.Equal(GrapCondition.LockLost, Assert.Throws<GrapException>(lost.EnsureHeld).Condition);
            var error = Assert.Throws<GrapException>(() => pending.Publish(Workshop.Manifest("late"), CancellationToken.None));
            Assert.Equal(GrapCondition.LockLost, error.Condition);
            pending.Dispose();
            lost.Dispose();
            held.EnsureHeld();
        }
        Assert.Equal("new", Assert.Single(repository.List()).Id);
    }

    [Theory]
    [InlineData(".late.json.")]
    [InlineData(".late.grap.sha256.")]
    [InlineData(".late.grap.")]
    public void An_owner_that_is_succeeded_between_its_look_at_the_lock_and_a_rename_says_that_its_lock_is_lost(string temporary)
    {
        var elsewhere = Open("there", 7, new FakeTime());
        using var lost = elsewhere.Lock("suspended");
        using var pending = elsewhere.Begin("late", lost);
        FolderRepository? successor = null;
        // Cleaning up, the successor removes the temporary files; it may be at work on the same id.
        _files.BeforeRename = from =>
        {
            if (successor is not null || !Path.GetFileName(from).StartsWith(temporary, StringComparison.Ordinal))
                return;
            successor = Open("here", 8, new FakeTime { RunsByItself = true });
            Workshop.Take(successor, "late", blocks: 3);
        };
        var error = Assert.Throws<GrapException>(() => pending.Publish(Workshop.Manifest("late"), CancellationToken.None));
        Assert.Equal(GrapCondition.LockLost, error.Condition);
        pending.Dispose();
        var backup = Assert.Single(successor!.List());
        Assert.NotEqual(pending.ArchiveId, backup.ArchiveId);
        Assert.NotNull(backup.Manifest);
        Assert.Equal(["grap-repository.json", "journal.jsonl", "late.grap", "late.grap.sha256", "late.json"],
            _files.Files(Workshop.Folder).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_owner_elsewhere_whose_heart_beats_is_left_alone()
    {
        // One clock: while the other watches, the owner's timer fires.
        var time = new FakeTime { RunsByItself = true };
        using var held = Open("there", 7, time).Lock("works");
        var error = Assert.Throws<GrapException>(() => Open("here", 8, time).Lock("next"));
        Assert.Equal(GrapCondition.RepositoryLocked, error.Condition);
        Assert.InRange(time.Waited, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        held.EnsureHeld();
    }

    [Fact]
    public void A_heart_is_seen_to_beat_by_another_machine_that_sees_only_what_has_been_synced()
    {
        var time = new FakeTime { RunsByItself = true };
        using var held = Open("there", 7, time).Lock("works");
        var options = Workshop.Options(_files, time, new FakeProcesses("here", 8)) with { Files = _files.FromAfar() };
        var afar = FolderRepository.Open(Workshop.Folder, create: false, options);
        var error = Assert.Throws<GrapException>(() => afar.Lock("next"));
        Assert.Equal(GrapCondition.RepositoryLocked, error.Condition);
        held.EnsureHeld();
    }

    [Fact]
    public void Waiting_for_a_doubtful_owner_can_be_cancelled()
    {
        Open("there", 7, new FakeTime()).Lock("silent");
        using var cancelled = new CancellationTokenSource(100);
        Assert.ThrowsAny<OperationCanceledException>(() => Open("here", 8, new FakeTime()).Lock("next", cancelled.Token));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"token\":")]
    [InlineData("garbage\n")]
    [InlineData("{\"token\":5}\n")]
    public void A_lock_that_names_nobody_is_succeeded_after_some_seconds(string content)
    {
        Workshop.Open(_files);
        _files.CreateNew(LockPath)!.Append(System.Text.Encoding.UTF8.GetBytes(content));
        var time = new FakeTime { RunsByItself = true };
        Open("here", 8, time).Lock("next").EnsureHeld();
        Assert.InRange(time.Waited, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(7));
    }

    [Fact]
    public void Of_many_that_find_a_dead_owner_exactly_one_succeeds_it()
    {
        for (var round = 0; round < 30; round++)
        {
            var files = new SimulatedFileSystem();
            var time = new FakeTime();
            var running = Enumerable.Range(1, 8).Select(number => $"{number}").ToHashSet();
            var repositories = Enumerable.Range(1, 8)
                .Select(number => Workshop.Open(files, time, processes: new FakeProcesses("here", number, running))).ToList();
            Workshop.Open(files, time, processes: new FakeProcesses("here", 99)).Lock("dies");
            using var start = new Barrier(8);
            var winners = 0;
            var threads = repositories.Select(repository => new Thread(() =>
            {
                start.SignalAndWait();
                try
                {
                    repository.Lock("race").EnsureHeld();
                    Interlocked.Increment(ref winners);
                }
                catch (GrapException error) when (error.Condition == GrapCondition.RepositoryLocked)
                {
                    // Lost the race, as all but one must.
                }
            })).ToList();
            threads.ForEach(thread => thread.Start());
            // Who waits for another's claim does so by this clock.
            while (threads.Any(thread => thread.IsAlive))
            {
                time.Advance(TimeSpan.FromMilliseconds(500));
                Thread.Sleep(1);
            }
            Assert.Equal(1, winners);
        }
    }

    [Fact]
    public void A_late_takeover_does_not_remove_the_lock_that_came_after()
    {
        // B has read the dead owner's lock; before it acts, A succeeds the dead owner. B must leave A's lock alone.
        var time = new FakeTime();
        Open("here", 7, time).Lock("dies");
        var place = new RepositoryPlace(Workshop.Folder, Workshop.Options(_files, time, new FakeProcesses("here", 9)));
        var dead = LockWatch.Read(place, LockPath)!;
        using var held = Open("here", 8, time, ["8", "9"]).Lock("A");
        var claim = LockFile.TryCreate(
            place, place.PathOf(RepositoryLayout.Claim("lock", LockOwner.Parse(dead)!.Token)), "take over", heartbeat: false);
        Assert.NotNull(claim);
        Assert.NotEqual(dead, LockWatch.Read(place, LockPath)!);
        claim.Dispose();
        held.EnsureHeld();
    }

    [Fact]
    public void The_real_process_table_knows_this_process_and_not_a_reused_number()
    {
        var table = new ProcessTable();
        Assert.True(table.IsRunning(table.Current));
        Assert.False(table.IsRunning(table.Current with { Started = "1" }));
        Assert.False(table.IsRunning(table.Current with { ProcessId = int.MaxValue - 7 }));
        Assert.Null(table.IsRunning(table.Current with { Host = "elsewhere" }));
    }

    private FolderRepository Open(string host, int process, FakeTime time, HashSet<string>? running = null) =>
        Workshop.Open(_files, time, processes: new FakeProcesses(host, process, running));
}
