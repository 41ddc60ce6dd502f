using Grap.Health;
using Grap.Jobs;
using Grap.Schedules;
using Xunit;

namespace Grap.Tests.Unit.Jobs;

/// <summary>How old a backup may be goes by the job's schedule, where that is rarer than once a day.</summary>
public sealed class JobHealthTests
{
    // A Wednesday.
    private static readonly DateTimeOffset Noon = new(2026, 1, 7, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, 26)]
    [InlineData("0 2 * * *", 26)]
    [InlineData("*/5 * * * *", 26)]
    // The newest Sunday at two, and at eleven today, which still has until one.
    [InlineData("0 2 * * 0", 82)]
    [InlineData("0 11 * * 3", 169)]
    // The first of January, and of last July.
    [InlineData("0 12 1 * *", 144)]
    [InlineData("0 12 1 7 *", 190 * 24)]
    public void A_backup_may_be_as_old_as_the_newest_time_that_was_due(string? cron, int hours)
    {
        var options = JobHealth.OptionsFor(new BackupJobOptions
        {
            Schedule = cron is null ? null : CronSchedule.Parse(cron), TimeZone = TimeZoneInfo.Utc,
        }, Noon);

        Assert.Equal(TimeSpan.FromHours(hours), options.MaxBackupAge);
        Assert.Equal(TimeSpan.FromHours(Math.Max(hours, 8 * 24)), options.MaxProofAge);
        Assert.Equal(HealthTier.Names, options.Tiers);
    }

    [Fact]
    public async Task A_declared_schema_that_cannot_be_read_is_no_finding_but_a_check_that_cannot_be_made()
    {
        var options = new BackupJobOptions { SchemaFile = Path.Combine(Path.GetTempPath(), $"none-{Guid.NewGuid():N}.json") };
        var target = new HealthTarget("bolt://localhost", static _ => throw new NotSupportedException());

        await Assert.ThrowsAsync<GrapException>(() => JobHealth.CheckAsync(options, target, CancellationToken.None));
    }

    [Fact]
    public async Task Without_a_connection_a_job_checks_nothing()
    {
        await using var work = new ServerJobWork(
            new BackupJobOptions(), static _ => throw new NotSupportedException(), ownsSession: true, new(), tell: null);

        var failure = await Assert.ThrowsAsync<GrapException>(() => work.CheckHealthAsync("/backups", CancellationToken.None));

        Assert.Equal(GrapCondition.ServerUnavailable, failure.Condition);
    }
}
