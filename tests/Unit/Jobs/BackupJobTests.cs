using Grap.Backups;
using Grap.Configuration;
using Grap.Health;
using Grap.Jobs;
using Grap.Repositories;
using Grap.Schedules;
using Grap.Tests.Unit.Repositories;
using Grap.Verification;
using Xunit;

namespace Grap.Tests.Unit.Jobs;

/// <summary>However a job ends, its exit code, its log, its metrics and the journal say the same.</summary>
public sealed class BackupJobTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-job-").FullName;
    private readonly SimulatedFileSystem _files = new();
    private readonly FakeTime _time = new() { RunsByItself = true };
    private readonly FakeWork _work = new();
    private readonly List<string> _lines = [];

    private string MetricFile => Path.Combine(_folder, "grap.prom");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_run_takes_proves_and_retains()
    {
        var result = await RunAsync();

        AssertAgreed(result, BackupJobOutcome.Succeeded);
        Assert.Equal(["lock", "backup", "verify", "retention", "metrics", "audit"], Done(result));
        Assert.Equal(VerificationLevel.Restore, result.Backup!.VerifiedLevel);
        Assert.Equal((1, 1), (_work.Retained, _work.Shown));
        Assert.Equal(["BackupJobStarted", "BackupCreated", "BackupVerified", "BackupJobRun"], Operations());
    }

    [Fact]
    public async Task A_repository_that_is_gone_is_not_made_anew()
    {
        var result = await RunAsync(static options => options with { CreateRepository = false });

        Assert.Equal(BackupJobOutcome.RepositoryUnavailable, result.Outcome);
        Assert.Null(_files.List(Workshop.Folder));
        var metrics = File.ReadAllText(MetricFile);
        Assert.Contains("grap_repository_up{repository=\"/backups\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("grap_job_exit_code{repository=\"/backups\",backup_job=\"backup\"} 5\n", metrics, StringComparison.Ordinal);
        Assert.Contains("exit code 5", _lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(GrapCondition.AuthenticationFailed, BackupJobOutcome.AccessDenied)]
    [InlineData(GrapCondition.ServerUnavailable, BackupJobOutcome.ServerUnavailable)]
    [InlineData(GrapCondition.ConnectionLost, BackupJobOutcome.ServerUnavailable)]
    [InlineData(GrapCondition.RepositoryFull, BackupJobOutcome.RepositoryFull)]
    [InlineData(GrapCondition.RepositoryLocked, BackupJobOutcome.Busy)]
    [InlineData(GrapCondition.DatabaseNotFound, BackupJobOutcome.ConfigurationInvalid)]
    [InlineData(GrapCondition.NotExact, BackupJobOutcome.Failed)]
    public async Task A_backup_that_fails_ends_the_job_with_the_code_of_its_reason(
        GrapCondition condition, BackupJobOutcome outcome)
    {
        _work.Taking = (_, _) => throw new GrapException(condition, "It failed.", "Do something.");

        var result = await RunAsync();

        AssertAgreed(result, outcome);
        Assert.Equal(condition, result.Condition);
        Assert.Equal("Do something.", result.RecommendedAction);
        Assert.Empty(_work.Levels);
        Assert.Equal(0, _work.Retained);
        Assert.Contains("BackupCreated", Operations());
    }

    [Fact]
    public async Task An_unexpected_exception_is_told_without_its_message()
    {
        _work.Taking = (_, _) => throw new InvalidOperationException("sesame");

        var result = await RunAsync();

        AssertAgreed(result, BackupJobOutcome.Failed);
        Assert.DoesNotContain(_lines, static line => line.Contains("sesame", StringComparison.Ordinal));
        Assert.DoesNotContain("sesame", result.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(VerificationOutcome.Failed, BackupJobOutcome.Damaged, 0)]
    [InlineData(VerificationOutcome.NotChecked, BackupJobOutcome.NotProven, 1)]
    public async Task A_backup_that_is_not_proven_is_no_success(
        VerificationOutcome verification, BackupJobOutcome outcome, int retained)
    {
        _work.Outcome = verification;

        var result = await RunAsync();

        AssertAgreed(result, outcome);
        Assert.NotNull(result.Backup);
        Assert.Equal(retained, _work.Retained);
    }

    [Fact]
    public async Task Retention_that_fails_does_not_hide_that_the_backup_is_good()
    {
        _work.RetentionFailure = new GrapException(GrapCondition.RepositoryFailed, "It failed.", "Check the disk.");

        var result = await RunAsync();

        AssertAgreed(result, BackupJobOutcome.RetentionFailed);
        Assert.Equal(BackupStatus.Available, result.Backup!.Status);
    }

    [Fact]
    public async Task Proofs_by_restoring_and_retention_come_weekly()
    {
        for (var day = 0; day < 15; day++)
        {
            _work.CheckedAt = _time.GetUtcNow();
            AssertAgreed(await RunAsync(), BackupJobOutcome.Succeeded);
            _time.Advance(TimeSpan.FromHours(24));
        }

        var restores = _work.Levels.Select(static (level, day) => (level, day))
            .Where(static one => one.level == VerificationLevel.Restore).Select(static one => one.day);
        Assert.Equal([0, 7, 14], restores);
        Assert.Equal(3, _work.Retained);
    }

    [Fact]
    public async Task Nothing_is_verified_or_removed_where_nobody_wants_it()
    {
        var result = await RunAsync(static options => options with
        {
            Verify = VerificationLevel.None, RestoreProofEvery = TimeSpan.Zero, RetentionEvery = TimeSpan.Zero,
        });

        AssertAgreed(result, BackupJobOutcome.Succeeded);
        Assert.Equal((0, 0), (_work.Levels.Count, _work.Retained));
    }

    [Fact]
    public async Task A_second_run_at_the_same_time_is_refused_and_disturbs_nothing()
    {
        BackupJobResult? second = null;
        var processes = new FakeProcesses("host", 1);
        _work.Taking = async (repository, _) =>
        {
            second = await Job(Options(), new FakeWork(), processes: processes).RunAsync(CancellationToken.None);
            return Workshop.Take(repository, "first");
        };

        var first = await Job(Options(), _work, processes: processes).RunAsync(CancellationToken.None);

        Assert.Equal((BackupJobOutcome.Succeeded, BackupJobOutcome.Busy), (first.Outcome, second!.Outcome));
        var metrics = File.ReadAllText(MetricFile);
        Assert.Contains("grap_job_success{repository=\"/backups\",backup_job=\"backup\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("grap_job_refused_runs{repository=\"/backups\",backup_job=\"backup\"} 1\n", metrics, StringComparison.Ordinal);
        var runs = JobHistory.Read(Workshop.Open(_files, _time, create: false).Journal);
        Assert.Equal([BackupJobOutcome.Succeeded, BackupJobOutcome.Busy],
            runs.OrderBy(static run => run.Outcome).Select(static run => run.Outcome!.Value));
    }

    [Fact]
    public async Task A_stop_is_recorded_as_one()
    {
        using var stopping = new CancellationTokenSource();
        _work.Taking = (_, cancellation) =>
        {
            stopping.Cancel();
            cancellation.ThrowIfCancellationRequested();
            return Task.FromException<Backup>(new NotSupportedException());
        };

        var result = await Job(Options(), _work).RunAsync(stopping.Token);

        AssertAgreed(result, BackupJobOutcome.Cancelled);
        Assert.Equal(JournalResult.Cancelled, Workshop.Open(_files, _time).Journal.Read().Last().Result);
    }

    [Fact]
    public async Task Hooks_get_the_result_and_may_fail()
    {
        var called = new List<string>();
        Task OnSuccess(BackupJobResult result)
        {
            called.Add($"success {result.ExitCode}");
            return Task.CompletedTask;
        }
        Task OnFailure(BackupJobResult result)
        {
            called.Add($"failure {result.ExitCode}");
            throw new GrapException(GrapCondition.HookFailed, "The script block failed.", "Correct it.");
        }
        BackupJobOptions WithHooks(BackupJobOptions options) =>
            options with { OnSuccess = OnSuccess, OnFailure = OnFailure };

        AssertAgreed(await RunAsync(WithHooks), BackupJobOutcome.Succeeded);
        _work.Taking = (_, _) => throw new GrapException(GrapCondition.ServerUnavailable, "It failed.", "Start it.");
        // A hook that fails does not hide what it was called for.
        AssertAgreed(await RunAsync(WithHooks), BackupJobOutcome.ServerUnavailable);
        _work.Taking = null;
        AssertAgreed(await RunAsync(options => options with { OnSuccess = OnFailure }), BackupJobOutcome.Incomplete);

        Assert.Equal(["success 0", "failure 3", "failure 0"], called);
    }

    [Fact]
    public async Task Metrics_that_cannot_be_written_make_the_job_incomplete()
    {
        var result = await RunAsync(options => options with { MetricFile = Path.Combine(_folder, "none", "grap.prom") });

        Assert.Equal(BackupJobOutcome.Incomplete, result.Outcome);
        Assert.Equal("11", Workshop.Open(_files, _time).Journal.Read().Last().Details["exitCode"]);
    }

    [Fact]
    public async Task Runs_that_the_schedule_had_and_that_did_not_take_place_are_told()
    {
        BackupJobOptions Nightly(BackupJobOptions options) => options with
        {
            Schedule = CronSchedule.Parse("0 0 * * *"), TimeZone = TimeZoneInfo.Utc,
        };
        await RunAsync(Nightly);
        _time.Advance(TimeSpan.FromHours(24));
        Assert.Equal(0, (await RunAsync(Nightly)).MissedRuns);
        _time.Advance(TimeSpan.FromHours(12));
        Assert.Equal(0, (await RunAsync(Nightly)).MissedRuns);
        _time.Advance(TimeSpan.FromHours(60));
        var result = await RunAsync(Nightly);

        Assert.Equal(2, result.MissedRuns);
        Assert.Contains(_lines, static line => line.Contains("2 runs of schedule '0 0 * * *' did not take place", StringComparison.Ordinal));
        Assert.Contains("grap_job_missed_runs{repository=\"/backups\",backup_job=\"backup\"} 2\n",
            File.ReadAllText(MetricFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_killed_at_any_moment_is_told_by_the_next_one_which_succeeds()
    {
        var rehearsal = new SimulatedFileSystem();
        await Job(Options(), new FakeWork(), rehearsal).RunAsync(CancellationToken.None);
        var interrupted = 0;
        for (var call = 1; call <= rehearsal.Calls; call++)
        {
            var files = new SimulatedFileSystem { PowerFailsAt = call };
            // Dying in the middle of something is no exception that a program could catch; here it has to be one.
            await Record.ExceptionAsync(() => Job(Options(), new FakeWork(), files).RunAsync(CancellationToken.None));
            var after = files.AfterKill();
            var before = JournalOf(after);

            var result = await Job(Options(), new FakeWork(), after).RunAsync(CancellationToken.None);

            var when = $"call {call}: {rehearsal.Log[call - 1]}";
            Assert.True(result.Succeeded, $"{when}: {result.Problem}");
            var open = before.Count(static entry => entry.Operation == "BackupJobStarted")
                - before.Count(static entry => entry.Operation == "BackupJobRun");
            Assert.True((open == 1) == (result.InterruptedRun is not null), when);
            interrupted += open;
            var runs = JobHistory.Read(FolderRepository.Open(Workshop.Folder, create: false, Workshop.Options(after)).Journal);
            Assert.All(runs, run => Assert.True(run.EndedAt is not null, when));
            Assert.Equal(open, runs.Count(static run => run.Interrupted));
            Assert.DoesNotContain(after.Files(Workshop.Folder).Keys, static name =>
                name.EndsWith(".partial", StringComparison.Ordinal) || name is "lock" or "job.lock" or "job.log.lock");
        }
        Assert.True(interrupted > 20, $"Only {interrupted} of {rehearsal.Calls} were in the middle of a run.");
    }

    [Theory]
    [InlineData(28, BackupJobOutcome.RepositoryFull)]
    [InlineData(5, BackupJobOutcome.RepositoryUnavailable)]
    public async Task A_disk_that_fails_at_any_call_and_stays_so_is_never_a_success_that_is_none(
        int error, BackupJobOutcome expected)
    {
        var rehearsal = new SimulatedFileSystem();
        await Job(Options(), new FakeWork(), rehearsal).RunAsync(CancellationToken.None);
        for (var call = 1; call <= rehearsal.Calls; call++)
        {
            var files = new SimulatedFileSystem
            {
                FailsAt = call, StaysBroken = true, Failure = () => new IOException("Simulated.", error),
            };
            _lines.Clear();

            var result = await Job(Options(), new FakeWork(), files).RunAsync(CancellationToken.None);

            var when = $"call {call} ({rehearsal.Log[call - 1]}): {result.Outcome}, {result.Problem}";
            var told = JournalOf(files.AfterKill()).LastOrDefault(static entry => entry.Operation == "BackupJobRun");
            if (result.Succeeded)
                Assert.Equal("0", told?.Details["exitCode"]);
            else
            {
                Assert.True(result.Outcome == expected || result.Backup is not null, when);
                // What could not be synced was not acknowledged, and may stand there all the same.
                var unacknowledged = rehearsal.Log[call - 1] == "sync /backups/journal.jsonl"
                    && result.Outcome == BackupJobOutcome.Incomplete;
                Assert.True(told is null || told.Result != JournalResult.Success || unacknowledged, when);
            }
            AssertMetrics(result);
            Assert.Contains($"exit code {result.ExitCode}", _lines[^1] + _lines[Math.Max(0, _lines.Count - 2)], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(TierStatus.Pass, "healthy")]
    [InlineData(TierStatus.Fail, "unhealthy")]
    public async Task Health_is_checked_once_and_is_in_the_metrics_and_in_no_exit_code(TierStatus found, string status)
    {
        _work.Checking = _ => Task.FromResult(FakeWork.Report(found));

        var result = await RunAsync();

        AssertAgreed(result, BackupJobOutcome.Succeeded);
        Assert.Equal((1, status), (_work.Checked, result.Health!.Status.ToString().ToLowerInvariant()));
        Assert.Equal(["lock", "backup", "verify", "retention", "metrics", "audit"], Done(result));
        var metrics = File.ReadAllText(MetricFile);
        Assert.Contains($"grap_health_status{{repository=\"/backups\",database=\"neo4j\",status=\"{status}\"}} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("grap_health_check_status{repository=\"/backups\",database=\"neo4j\",check=\"connectivity\"", metrics, StringComparison.Ordinal);
        Assert.Contains("grap_health_check_duration_seconds", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Until_its_end_a_run_keeps_the_health_that_was_known_before()
    {
        var during = "";
        _work.Taking = (repository, _) =>
        {
            during = File.ReadAllText(MetricFile);
            return Task.FromResult(Workshop.Take(repository, "first"));
        };

        await RunAsync(static options => options with { LastHealth = FakeWork.Report(TierStatus.Warn) });

        Assert.Contains("status=\"degraded\"} 1\n", during, StringComparison.Ordinal);
        Assert.Contains("status=\"degraded\"} 0\n", File.ReadAllText(MetricFile), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_check_of_health_that_cannot_be_made_is_a_warning_and_leaves_it_out(bool known)
    {
        _work.Checking = _ => throw (known
            ? new GrapException(GrapCondition.ServerUnavailable, "there was no connection to the server.", "See why.")
            : new InvalidOperationException("sesame"));

        var result = await RunAsync(static options => options with { LastHealth = FakeWork.Report(TierStatus.Pass) });

        AssertAgreed(result, BackupJobOutcome.Succeeded);
        Assert.Null(result.Health);
        Assert.DoesNotContain("grap_health", File.ReadAllText(MetricFile), StringComparison.Ordinal);
        var warning = Assert.Single(_lines, static line => line.Contains("Health is not in the metrics", StringComparison.Ordinal));
        Assert.Contains(" WARN ", warning, StringComparison.Ordinal);
        Assert.Contains(known ? "no connection to the server" : "InvalidOperationException", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_checks_health_for_metrics_that_nobody_wants_or_after_a_stop()
    {
        await RunAsync(static options => options with { MetricFile = null });
        Assert.Equal(0, _work.Checked);

        using var stopping = new CancellationTokenSource();
        _work.Taking = (_, cancellation) =>
        {
            stopping.Cancel();
            return Task.FromCanceled<Backup>(cancellation);
        };
        AssertAgreed(await Job(Options(), _work).RunAsync(stopping.Token), BackupJobOutcome.Cancelled);
        Assert.Equal(0, _work.Checked);
    }

    [Fact]
    public async Task A_stop_ends_a_check_of_health_and_takes_nothing_from_what_was_done()
    {
        using var stopping = new CancellationTokenSource();
        _work.Checking = async cancellation =>
        {
            await stopping.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
            return FakeWork.Report(TierStatus.Pass);
        };

        AssertAgreed(await Job(Options(), _work).RunAsync(stopping.Token), BackupJobOutcome.Succeeded);
    }

    [Fact]
    public async Task A_watcher_is_told_of_a_success_by_its_whole_address_which_no_line_has()
    {
        await using var watcher = new FakeWatcher(200);

        var result = await RunAsync(options => options with { Heartbeat = watcher.Address });

        AssertAgreed(result, BackupJobOutcome.Succeeded);
        Assert.Equal(["GET /ping/sesame?rid=open HTTP/1.1"], watcher.Requests);
        Assert.Contains("heartbeat", Done(result));
        AssertNoAddress(result);
    }

    [Fact]
    public async Task A_watcher_is_not_told_of_a_failure()
    {
        await using var watcher = new FakeWatcher(200);
        BackupJobOptions Watched(BackupJobOptions options) => options with { Heartbeat = watcher.Address };
        _work.Outcome = VerificationOutcome.NotChecked;
        AssertAgreed(await RunAsync(Watched), BackupJobOutcome.NotProven);
        _work.Taking = (_, _) => throw new GrapException(GrapCondition.ServerUnavailable, "It failed.", "Start it.");
        AssertAgreed(await RunAsync(Watched), BackupJobOutcome.ServerUnavailable);

        Assert.Empty(watcher.Requests);
    }

    [Theory]
    [InlineData(500, "it answered 500")]
    [InlineData(404, "it answered 404")]
    [InlineData(null, "it did not answer in time")]
    public async Task A_watcher_that_was_not_told_makes_the_job_incomplete(int? status, string why)
    {
        await using var watcher = new FakeWatcher(status);

        var result = await RunAsync(options => options with
        {
            Heartbeat = watcher.Address, HeartbeatLimit = status is null ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromMinutes(1),
        });

        AssertAgreed(result, BackupJobOutcome.Incomplete);
        Assert.Equal(GrapCondition.ServerUnavailable, result.Condition);
        Assert.Contains(why, result.Problem, StringComparison.Ordinal);
        AssertNoAddress(result);
    }

    [Fact]
    public async Task A_watcher_that_is_not_there_makes_the_job_incomplete()
    {
        var watcher = new FakeWatcher(200);
        var address = watcher.Address;
        await watcher.DisposeAsync();

        var result = await RunAsync(options => options with { Heartbeat = address });

        AssertAgreed(result, BackupJobOutcome.Incomplete);
        AssertNoAddress(result);
    }

    [Fact]
    public async Task The_log_is_kept_in_the_repository_too()
    {
        await RunAsync();

        var kept = System.Text.Encoding.UTF8.GetString(_files.Files(Workshop.Folder)["job.log"]);
        Assert.Equal(_lines, kept.TrimEnd('\n').Split('\n'));
        var foreign = new List<string>();
        Workshop.Open(_files, _time).List(foreign.Add);
        Assert.Empty(foreign);
    }

    private Task<BackupJobResult> RunAsync(Func<BackupJobOptions, BackupJobOptions>? change = null) =>
        Job(change is null ? Options() : change(Options()), _work).RunAsync(CancellationToken.None);

    private BackupJobOptions Options() => new() { CreateRepository = true, MetricFile = MetricFile };

    private BackupJob Job(
        BackupJobOptions options, FakeWork work, SimulatedFileSystem? files = null, FakeProcesses? processes = null) => new(
        Workshop.Folder, options, work, new JobLog(_lines.Add, LogLevel.Info, JobLogFormat.Text),
        Workshop.Options(files ?? _files, _time, processes));

    private static List<JournalEntry> JournalOf(SimulatedFileSystem files) =>
        FolderRepository.TryOpen(Workshop.Folder, Workshop.Options(files)) is { } repository
            ? [.. repository.Journal.Read()]
            : [];

    private List<string> Operations() =>
        [.. Workshop.Open(_files, _time).Journal.Read().Select(static entry => entry.Operation)];

    private static IEnumerable<string> Done(BackupJobResult result) => result.Steps
        .Where(static step => step.Result == JobStepResult.Succeeded).Select(static step => step.Name);

    private void AssertAgreed(BackupJobResult result, BackupJobOutcome outcome)
    {
        Assert.Equal((outcome, (int)outcome), (result.Outcome, result.ExitCode));
        Assert.Contains($"exit code {result.ExitCode}", _lines[^1], StringComparison.Ordinal);
        Assert.Contains(result.Succeeded ? "INFO" : "ERROR", _lines[^1], StringComparison.Ordinal);
        AssertMetrics(result);
        var entry = Workshop.Open(_files, _time).Journal.Read().Last();
        Assert.Equal(("BackupJobRun", "job", "backup"), (entry.Operation, entry.EntityType, entry.EntityId));
        Assert.Equal(result.Run, entry.Details["run"]);
        Assert.Equal($"{result.ExitCode}", entry.Details["exitCode"]);
        Assert.Equal(result.Succeeded, entry.Result == JournalResult.Success);
        Assert.Equal(result.Condition?.ToString(), entry.Details.GetValueOrDefault("condition"));
    }

    // The host alone may be read.
    private void AssertNoAddress(BackupJobResult result)
    {
        var journal = System.Text.Encoding.UTF8.GetString(_files.Files(Workshop.Folder)["journal.jsonl"]);
        string[] told = [.. _lines, journal, result.Problem ?? "", .. result.Steps.Select(static step => step.Message)];
        Assert.Contains(_lines, static line => line.Contains("127.0.0.1", StringComparison.Ordinal));
        Assert.All(told, static text =>
        {
            Assert.DoesNotContain("sesame", text, StringComparison.Ordinal);
            Assert.DoesNotContain("rid=", text, StringComparison.Ordinal);
        });
    }

    private void AssertMetrics(BackupJobResult result)
    {
        var metrics = File.ReadAllText(MetricFile);
        Assert.Contains($"grap_job_exit_code{{repository=\"/backups\",backup_job=\"backup\"}} {result.ExitCode}\n", metrics, StringComparison.Ordinal);
        Assert.Contains($"grap_job_success{{repository=\"/backups\",backup_job=\"backup\"}} {(result.Succeeded ? 1 : 0)}\n", metrics, StringComparison.Ordinal);
    }
}
