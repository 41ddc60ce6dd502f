using System.Text;
using Grap.Audit;
using Grap.Backups;
using Grap.Recovery;
using Grap.Recovery.Preflight;
using Grap.Recovery.Promotion;
using Grap.Recovery.Staging;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers.Installations;
using Grap.Tests.Unit.Repositories;
using Grap.Tests.Unit.Servers;
using Xunit;

namespace Grap.Tests.Unit.Recovery;

public sealed class RecoveryBookTests
{
    private const string RecordPath = $"{Workshop.Folder}/neo4j.recovery";

    private readonly SimulatedFileSystem _files = new();

    [Fact]
    public void A_recovery_is_written_down_and_read_back_by_others()
    {
        using (var held = Begin(Repository(_files)))
        {
            held.Progress(20);
            held.Progress(10);
            held.MoveTo(RecoveryState.Validation);
            Assert.Equal(20, Repository(_files, 8, "7").Book.Read("neo4j").ProgressPercent);
            held.MoveTo(RecoveryState.RecoveryFailed, ["One.", "Two."]);
        }
        var record = Assert.Single(Repository(_files, 8).Book.List());
        Assert.Equal(("neo4j", "RECOVERY_FAILED", "one", false), (record.Database, record.Status, record.BackupId, record.Interrupted));
        Assert.Equal(["One.", "Two."], record.ValidationErrors);
        Assert.NotNull(record.CompletedAt);
        Assert.StartsWith("/staging/neo4j-", record.StagingFolder, StringComparison.Ordinal);
        var file = Encoding.UTF8.GetString(_files.Files(Workshop.Folder)["neo4j.recovery"]);
        foreach (var name in new[] { "status", "progress_percent", "backup_id", "started_at", "completed_at", "validation_errors", "promoted_to_production" })
            Assert.Contains($"\"{name}\":", file, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_step_is_in_the_journal_and_a_failed_one_as_a_failure()
    {
        var place = Repository(_files);
        using (var held = Begin(place))
        {
            held.MoveTo(RecoveryState.Validation);
            held.MoveTo(RecoveryState.RecoveryFailed, ["One."]);
            held.Discard();
        }
        var entries = place.Repository.Journal.Read().Where(entry => entry.EntityType == "recovery").ToList();
        Assert.Equal(
            ["RecoveryStarted success", "RecoveryRestored success", "RecoveryValidated failure", "RecoveryDiscarded success"],
            entries.Select(entry => $"{entry.Operation} {entry.Result}"));
        Assert.All(entries, entry => Assert.Equal(("neo4j", "one"), (entry.EntityId, entry.Details["backupId"])));
        Assert.Equal("One.", entries[2].Details["problem"]);
    }

    [Fact]
    public void A_recovery_of_a_part_says_so_in_the_record_and_in_the_journal()
    {
        var place = Repository(_files);
        var part = new RecoveredPart { Labels = ["Ship", "Port"], Types = ["CALLS_AT"] };
        using (var held = place.Book.Begin(Backup(place.Repository, "one"), [], "/staging", default, part))
        {
            held.MoveTo(RecoveryState.Validation);
            held.MoveTo(RecoveryState.RecoverySuccess);
            var read = Repository(_files, 8, "7").Book.Read("neo4j").Part!;
            Assert.Equal(part.Labels, read.Labels);
            Assert.Equal(part.Types, read.Types);
            held.Discard();
        }
        Assert.Null(place.Book.Read("neo4j").Part);
        using (Begin(place))
            Assert.Null(place.Book.Read("neo4j").Part);
        var entries = place.Repository.Journal.Read().Where(entry => entry.EntityType == "recovery").ToList();
        Assert.Equal(5, entries.Count);
        Assert.All(entries.SkipLast(1), entry => Assert.Equal(
            "nodes (:`Ship`|`Port`), relationships [:`CALLS_AT`] between them", entry.Details["part"]));
        Assert.DoesNotContain("part", entries[^1].Details.Keys);
    }

    [Theory]
    [InlineData("Import", 0.5, 25)]
    [InlineData("Start", null, 0)]
    [InlineData("Restore", 0.5, 35)]
    [InlineData("Compare", null, 65)]
    public void Each_step_has_its_share_of_the_percentage(string step, double? fraction, int percent)
    {
        using var held = Begin(Repository(_files));
        new RecoveryProgress(held, null, new FakeTime()).Report(new WorkProgress("Recovering one", step, fraction));
        Assert.Equal(percent, held.Current.ProgressPercent);
    }

    [Fact]
    public void A_second_recovery_of_a_database_is_refused_and_told_of_the_first()
    {
        using var first = Begin(Repository(_files, 7));
        var second = Repository(_files, 8, "7");
        var refusal = Assert.Throws<GrapException>(() => Begin(second));
        Assert.Equal(GrapCondition.RecoveryInProgress, refusal.Condition);
        Assert.Contains("backup 'one'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("RECOVERING", refusal.Message, StringComparison.Ordinal);
        // Another database is another matter.
        using var other = second.Book.Begin(Backup(second.Repository, "elsewhere") with { Database = "other" }, [], "/staging", default);
        Assert.Equal(RecoveryState.Recovering, other.Current.State);
    }

    [Fact]
    public void A_validated_result_is_not_overwritten_but_what_failed_is()
    {
        using (var held = Begin(Repository(_files)))
        {
            held.MoveTo(RecoveryState.Validation);
            held.MoveTo(RecoveryState.RecoverySuccess);
        }
        var next = Repository(_files, 8);
        Assert.Equal(GrapCondition.RecoveryInProgress, Assert.Throws<GrapException>(() => Begin(next)).Condition);
        Assert.Equal(RecoveryState.NotRecovering, next.Book.Reset("neo4j", machineLost: false, default).State);
        using (var held = Begin(next))
            held.MoveTo(RecoveryState.RecoveryFailed, ["No."]);
        using var again = Begin(next);
        Assert.Equal((RecoveryState.Recovering, 0), (again.Current.State, again.Current.ValidationErrors.Count));
    }

    [Fact]
    public void A_recovery_whose_process_died_is_seen_as_interrupted_and_can_be_begun_again_or_reset()
    {
        var dead = Begin(Repository(_files, 7));
        var folder = dead.Current.StagingFolder;
        var alive = Repository(_files, 8, "7");
        Assert.False(alive.Book.Read("neo4j").Interrupted);

        var next = Repository(_files, 8);
        var seen = next.Book.Read("neo4j");
        Assert.True(seen.Interrupted);
        Assert.Equal((RecoveryState.Recovering, folder), (seen.State, seen.StagingFolder));
        using (var again = Begin(next))
            Assert.NotEqual(folder, again.Current.StagingFolder);
        Assert.True(next.Book.Read("neo4j").Interrupted);
        Assert.Equal("NOT_RECOVERING", next.Book.Reset("neo4j", machineLost: false, default).Status);
        // The one that was taken for dead changes nothing any more.
        Assert.Equal(GrapCondition.LockLost, Assert.Throws<GrapException>(() => dead.Progress(50)).Condition);
    }

    [Fact]
    public void A_recovery_on_a_machine_that_is_gone_is_forgotten_only_when_that_is_said()
    {
        Begin(Repository(_files, 7));
        var here = Environment.MachineName;
        var text = Encoding.UTF8.GetString(_files.Files(Workshop.Folder)["neo4j.recovery"]);
        _files.Delete(RecordPath);
        _files.CreateNew(RecordPath)!.Append(Encoding.UTF8.GetBytes(
            text.Replace($"\"{here}\"", "\"lost\"", StringComparison.Ordinal)));
        var next = Repository(_files, 8);

        var refusal = Assert.Throws<GrapException>(() => next.Book.Reset("neo4j", machineLost: false, default));
        Assert.Equal(GrapCondition.NotSupported, refusal.Condition);
        Assert.Equal(RecoveryState.NotRecovering, next.Book.Reset("neo4j", machineLost: true, default).State);
    }

    [Fact]
    public async Task A_recovery_that_cannot_be_done_here_has_failed_with_the_reasons()
    {
        var place = Repository(_files);
        Workshop.Take(place.Repository, "one");
        var machine = Directory.CreateTempSubdirectory("grap-nothing-").FullName;
        var told = new List<string>();

        var record = await Impossible(place, machine).RunAsync("one", null, () =>
        {
            told.Add(place.Book.Read("neo4j").Status);
            return Task.CompletedTask;
        }, default);

        Assert.Equal(("RECOVERY_FAILED", "one"), (record.Status, record.BackupId));
        Assert.StartsWith("A Neo4j is needed", Assert.Single(record.ValidationErrors), StringComparison.Ordinal);
        Assert.Contains(record.Preflight, item => item.Outcome == PreflightOutcome.Missing);
        Assert.Equal(["RECOVERY_FAILED"], told);
        Assert.Empty(Directory.EnumerateFileSystemEntries(machine));
        Directory.Delete(machine);
        var entries = place.Repository.Journal.Read().Where(entry => entry.EntityType == "recovery").ToList();
        Assert.Equal(["RecoveryStarted success", "RecoveryRestored failure"], entries.Select(entry => $"{entry.Operation} {entry.Result}"));
        // It is in nobody's way.
        Assert.Equal("NOT_RECOVERING", place.Book.Reset("neo4j", machineLost: false, default).Status);
        using (var failed = Begin(place))
            failed.MoveTo(RecoveryState.RecoveryFailed, ["Before."]);
        Assert.DoesNotContain("Before.", (await Impossible(place, machine).RunAsync("one", null, null, default)).ValidationErrors);
    }

    [Fact]
    public async Task A_recovery_that_cannot_be_done_here_takes_nothing_of_use_away()
    {
        var place = Repository(_files);
        var staging = Directory.CreateTempSubdirectory("grap-staging-").FullName;
        using (var held = place.Book.Begin(Backup(place.Repository, "one"), [], staging, default))
        {
            var folder = Directory.CreateDirectory(Path.Combine(held.Current.StagingFolder!, "server"));
            // Interrupted: of no use before there is something to go on with.
            Assert.False(StagingRest.IsThere(held.Current));
            new StagingNote { ArchiveId = Guid.NewGuid(), Folder = folder.Name, ServerVersion = "5.26.30", Edition = "community" }
                .Write(held.Current.StagingFolder!, new DiskFileSystem());
        }
        await ExpectKeptAsync(RecoveryState.Recovering, GrapCondition.ScratchServerUnavailable);
        using (var held = place.Book.Hold("neo4j", "test", default))
        {
            held.MoveTo(RecoveryState.Validation);
            held.MoveTo(RecoveryState.RecoverySuccess);
        }
        await ExpectKeptAsync(RecoveryState.RecoverySuccess, GrapCondition.RecoveryInProgress);
        using (var held = place.Book.Hold("neo4j", "test", default))
        {
            held.BeginPromotion(PromotionStrategy.Apply);
            held.Promoted();
        }
        await ExpectKeptAsync(RecoveryState.Promoted, GrapCondition.ScratchServerUnavailable);
        Directory.Delete(staging, recursive: true);

        async Task ExpectKeptAsync(RecoveryState state, GrapCondition condition)
        {
            var before = place.Book.Read("neo4j");
            Assert.Equal(state, before.State);
            var refusal = await Assert.ThrowsAsync<GrapException>(() => Impossible(place, staging).RunAsync("one", null, null, default));
            Assert.Equal(condition, refusal.Condition);
            Assert.Equal(before.UpdatedAt, place.Book.Read("neo4j").UpdatedAt);
            Assert.True(Directory.Exists(before.StagingFolder));
        }
    }

    [Fact]
    public async Task A_backup_that_is_damaged_where_it_says_what_it_is_cannot_be_recovered()
    {
        var place = Repository(_files);
        Workshop.Take(place.Repository, "one");
        var path = $"{Workshop.Folder}/one.grap";
        var bytes = _files.Files(Workshop.Folder)["one.grap"];
        bytes[^200] ^= 1;
        _files.Delete(path);
        _files.CreateNew(path)!.Append(bytes);

        var record = await Impossible(place, "/staging").RunAsync("one", null, null, default);

        Assert.Equal("RECOVERY_FAILED", record.Status);
        Assert.Contains("one.grap", Assert.Single(record.ValidationErrors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staging_that_cannot_be_made_fails_the_recovery()
    {
        var place = Repository(_files);
        Workshop.Take(place.Repository, "one");
        using var machine = new InstallationFolder();
        machine.AddJava("java", "21.0.1");
        var home = machine.AddNeo4j("5.26.30", 17);
        var file = machine.Path("file");
        File.WriteAllText(file, "");

        var record = await new RecoveryRun(place.Repository, new RecoveryOptions
        {
            StagingParent = Path.Combine(file, "staging"),
            Scratch = new ScratchOptions
            {
                Home = home, Places = [], Environment = name => name == "JAVA_HOME" ? machine.Path("java") : null,
            },
        }).RunAsync("one", null, null, default);

        Assert.Equal("RECOVERY_FAILED", record.Status);
        Assert.Contains($"'{record.StagingFolder}' cannot be used", Assert.Single(record.ValidationErrors), StringComparison.Ordinal);
        Assert.Equal("NOT_RECOVERING", place.Book.Reset("neo4j", machineLost: false, default).Status);
    }

    [Fact]
    public void An_interrupted_recovery_is_gone_on_with_in_the_state_that_it_was_in()
    {
        var place = Repository(_files);
        var dead = Begin(place);
        dead.MoveTo(RecoveryState.Validation);
        var before = dead.Current;
        dead.Dispose();
        using (var held = place.Book.BeginOrResume(
            Backup(place.Repository, "one"), [], "/elsewhere", null, record => record.State == RecoveryState.Validation, default))
        {
            Assert.Equal((RecoveryState.Validation, before.StagingFolder), (held.Current.State, held.Current.StagingFolder));
            Assert.NotNull(place.Book.Read("neo4j").ResumedAt);
            held.MoveTo(RecoveryState.RecoverySuccess);
        }
        var entries = place.Repository.Journal.Read().Where(entry => entry.EntityType == "recovery").ToList();
        Assert.Equal(
            ["RecoveryStarted", "RecoveryRestored", "RecoveryResumed", "RecoveryValidated"], entries.Select(entry => entry.Operation));
    }

    [Fact]
    public async Task A_stop_is_asked_of_the_run_that_holds_the_recovery_and_of_no_later_one()
    {
        var running = Begin(Repository(_files, 7));
        var time = new FakeTime { RunsByItself = true };
        var other = new Place(Workshop.Open(_files, time, processes: new FakeProcesses("host", 8, ["7"])));
        var polls = 0;
        using var watch = time.CreateTimer(_ =>
        {
            if (!running.StopRequested || polls++ > 0)
                return;
            running.Discard();
            running.Dispose();
        }, null, TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500));
        Assert.False(running.StopRequested);

        var record = await other.Book.StopAsync("neo4j", default);

        Assert.Equal((1, RecoveryState.NotRecovering), (polls, record.State));
        using var later = Begin(Repository(_files, 9));
        Assert.False(later.StopRequested);
        Assert.DoesNotContain("neo4j.recovery.stop", _files.Files(Workshop.Folder).Keys);
    }

    [Fact]
    public async Task What_is_not_under_way_cannot_be_stopped_and_what_was_interrupted_is_rolled_back()
    {
        var place = Repository(_files, 8);
        var refusal = await Assert.ThrowsAsync<GrapException>(() => place.Book.StopAsync("neo4j", default));
        Assert.Equal(GrapCondition.RecoveryStateInvalid, refusal.Condition);
        Begin(Repository(_files, 7));
        Assert.Equal(RecoveryState.NotRecovering, (await place.Book.StopAsync("neo4j", default)).State);
    }

    [Fact]
    public void A_power_failure_at_any_call_leaves_the_record_before_or_after() => FailPowerEverywhere();

    [Fact]
    public void Every_sync_of_the_record_is_needed()
    {
        var rehearsal = Prepared();
        Advance(rehearsal);
        var syncs = rehearsal.Log.Where(static call => call.StartsWith("sync ", StringComparison.Ordinal)).ToList();
        Assert.Equal(rehearsal.Syncs, syncs.Count);
        for (var sync = 1; sync <= syncs.Count; sync++)
        {
            var number = sync;
            // Those of locks and of the journal are the repository's own (PowerFailureTests).
            if (syncs[sync - 1].Contains("lock", StringComparison.Ordinal) || syncs[sync - 1].Contains("journal", StringComparison.Ordinal))
                continue;
            Assert.True(
                Record.Exception(() => FailPowerEverywhere(number)) is not null,
                $"Nothing is lost without sync {sync}: {syncs[sync - 1]}");
        }
    }

    private static void FailPowerEverywhere(int? leaveOutSync = null)
    {
        var rehearsal = Prepared();
        Advance(rehearsal);
        for (var call = 1; call <= rehearsal.Calls + 1; call++)
        {
            var files = Prepared();
            files.PowerFailsAt = call;
            files.LeaveOutSync = leaveOutSync;
            var reached = RecoveryState.NotRecovering;
            Record.Exception(() => Advance(files, state => reached = state));
            foreach (var survivor in files.AfterPowerFailure())
            {
                var next = Repository(survivor, 8);
                var record = next.Book.Read("neo4j");
                Assert.True(record.State >= reached, $"Call {call}: {reached} was acknowledged, {record.State} is left.");
                Assert.Equal(record.UnderWay, record.Interrupted);
            }
            // What is left can be cleared; once is enough, since it is the same few states.
            Assert.Equal(
                RecoveryState.NotRecovering,
                Repository(files.AfterPowerFailure()[0], 8).Book.Reset("neo4j", machineLost: false, default).State);
        }
    }

    private static SimulatedFileSystem Prepared()
    {
        var files = new SimulatedFileSystem();
        Workshop.Take(Workshop.Open(files), "one");
        return files.AfterKill();
    }

    private static void Advance(SimulatedFileSystem files, Action<RecoveryState>? acknowledged = null)
    {
        using var held = Begin(Repository(files), take: false);
        acknowledged?.Invoke(held.Current.State);
        held.MoveTo(RecoveryState.Validation);
        acknowledged?.Invoke(held.Current.State);
        held.MoveTo(RecoveryState.RecoverySuccess);
        acknowledged?.Invoke(held.Current.State);
    }

    [Fact]
    public void A_damaged_record_is_said_to_be_one()
    {
        var place = Repository(_files);
        _files.CreateNew(RecordPath)!.Append("{\"record_version\":1,"u8);
        Assert.Equal(GrapCondition.RepositoryInvalid, Assert.Throws<GrapException>(() => place.Book.Read("neo4j")).Condition);
    }

    [Fact]
    public void The_files_of_a_recovery_are_the_repositorys_own()
    {
        var place = Repository(_files);
        using var held = Begin(place);
        _files.CreateNew($"{Workshop.Folder}/.neo4j.recovery.{new string('a', 32)}.partial");
        _files.CreateNew($"{Workshop.Folder}/neo4j.recovery.stop");
        var reports = new List<string>();
        Assert.Single(place.Repository.List(reports.Add));
        Assert.Empty(reports);
        // A run that takes the repository's lock leaves what a recovery is just writing.
        using (Repository(_files, 8, "7").Repository.Lock("test"))
            Assert.Contains($".neo4j.recovery.{new string('a', 32)}.partial", _files.Files(Workshop.Folder).Keys);
    }

    [Fact]
    public void The_database_is_shown_the_recovery_that_changed_last()
    {
        var place = Repository(_files);
        Assert.Equal("NOT_RECOVERING", RecoverySnapshot.Of(place.Repository).Status);
        using var held = Begin(place);
        held.Progress(42);
        var shown = RecoverySnapshot.Of(place.Repository);
        Assert.Equal(("RECOVERING", 42L, "one"), (shown.Status, shown.ProgressPercent, shown.BackupId));
    }

    private static RecoveryRun Impossible(Place place, string staging) => new(place.Repository, new RecoveryOptions
    {
        StagingParent = Path.Combine(staging, "staging"),
        Scratch = new ScratchOptions { Places = [] },
    });

    private static Place Repository(SimulatedFileSystem files, int process = 7, params string[] running) =>
        new(Workshop.Open(files, processes: new FakeProcesses("host", process, [.. running])));

    private static HeldRecovery Begin(Place place, bool take = true) =>
        place.Book.Begin(take ? Backup(place.Repository, "one") : place.Repository.Get("one"), [], "/staging", default);

    private static Backup Backup(FolderRepository repository, string id) =>
        repository.List().FirstOrDefault(backup => backup.Id == id) ?? Workshop.Take(repository, id);

    private sealed record Place(FolderRepository Repository)
    {
        public RecoveryBook Book { get; } = new(Repository);
    }
}
