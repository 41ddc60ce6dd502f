using Grap.Health;
using Grap.Jobs;
using Grap.Repositories;
using Grap.Tests.Unit.Repositories;
using Xunit;

namespace Grap.Tests.Unit.Jobs;

/// <summary>Between the runs the metrics keep what is known of health, and nobody waits for a check.</summary>
public sealed class MetricRefreshTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-refresh-").FullName;
    private readonly FakeTime _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<string> _told = [];
    private Func<CancellationToken, Task<HealthReport>> _check = static _ => Task.FromResult(FakeWork.Report(TierStatus.Pass));
    private int _checks;

    private string MetricFile => Path.Combine(_folder, "grap.prom");

    private string Metrics => File.ReadAllText(MetricFile);

    public void Dispose()
    {
        _stopping.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Health_is_kept_by_each_refresh_and_checked_anew_every_five_minutes()
    {
        var refresh = Refresh();
        var checkedAt = new List<int>();
        for (var minute = 0; minute <= 10; minute++)
        {
            var before = _checks;
            refresh.Refresh();
            await refresh.Checking;
            if (_checks > before)
                checkedAt.Add(minute);
            if (minute > 0)
                AssertStatus("healthy");
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([0, 5, 10], checkedAt);
        Assert.Empty(_told);
        Assert.Contains("grap_repository_up", Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_run_found_is_kept_over_a_check_that_began_before_it()
    {
        var found = new TaskCompletionSource<HealthReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        _check = _ => found.Task;
        var refresh = Refresh();
        refresh.Refresh();
        refresh.Keep(FakeWork.Report(TierStatus.Fail));
        found.SetResult(FakeWork.Report(TierStatus.Pass));
        await refresh.Checking;

        _time.Advance(TimeSpan.FromMinutes(1));
        refresh.Refresh();

        AssertStatus("unhealthy");
        Assert.Equal(1, _checks);
    }

    [Fact]
    public async Task A_run_that_could_not_check_makes_a_check_due_at_once()
    {
        var refresh = Refresh();
        refresh.Keep(FakeWork.Report(TierStatus.Pass));
        refresh.Keep(null);
        _check = static _ => Task.FromResult(FakeWork.Report(TierStatus.Fail));
        refresh.Refresh();
        Assert.DoesNotContain("grap_health", Metrics, StringComparison.Ordinal);
        await refresh.Checking;
        refresh.Refresh();

        AssertStatus("unhealthy");
    }

    [Fact]
    public async Task A_check_that_fails_leaves_health_out_and_says_so_once()
    {
        var refresh = Refresh();
        refresh.Keep(FakeWork.Report(TierStatus.Pass));
        _check = static _ => throw new GrapException(GrapCondition.SchemaInvalid, "It is no schema.", "Correct it.");
        for (var minute = 0; minute < 8; minute++)
        {
            refresh.Refresh();
            await refresh.Checking;
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["Warn Health is not in the metrics: It is no schema."], _told);
        Assert.DoesNotContain("grap_health", Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_refresh_waits_for_a_check_and_a_stop_ends_it()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _check = async stopping =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, stopping);
            return FakeWork.Report(TierStatus.Pass);
        };
        var refresh = Refresh();
        for (var minute = 0; minute < 20; minute++)
        {
            refresh.Refresh();
            _time.Advance(TimeSpan.FromMinutes(1));
        }
        await begun.Task;
        Assert.False(refresh.Checking.IsCompleted);
        Assert.Equal(1, _checks);

        await _stopping.CancelAsync();
        await refresh.Checking;

        Assert.Empty(_told);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_told()
    {
        Directory.CreateDirectory(MetricFile);

        Refresh().Refresh();

        Assert.Contains("cannot be written", Assert.Single(_told), StringComparison.Ordinal);
    }

    private MetricRefresh Refresh()
    {
        var repository = Path.Combine(_folder, "backups");
        FolderRepository.Open(repository, create: true);
        return new MetricRefresh(repository, MetricFile, stopping =>
        {
            Interlocked.Increment(ref _checks);
            return _check(stopping);
        }, (level, text) => _told.Add($"{level} {text}"), _time, _stopping.Token);
    }

    private void AssertStatus(string status) =>
        Assert.Matches($"grap_health_status\\{{[^}}]*status=\"{status}\"\\}} 1\n", Metrics);
}
