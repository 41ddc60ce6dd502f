using System.Globalization;
using Grap.Schedules;
using Xunit;

namespace Grap.Tests.Unit.Schedules;

public sealed class CronScheduleTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero); // a Thursday

    [Theory]
    [InlineData("0 2 * * *", "2026-01-01 02:00")]
    [InlineData("*/15 * * * *", "2026-01-01 00:15")]
    [InlineData("30 4 1 * *", "2026-01-01 04:30")]
    [InlineData("0 0 * * SUN", "2026-01-04 00:00")]
    [InlineData("0 0 * * 7", "2026-01-04 00:00")]
    [InlineData("0 0 * * mon-fri", "2026-01-02 00:00")]
    [InlineData("5 8-10/2 * feb,MAR *", "2026-02-01 08:05")]
    [InlineData("0 0 29 2 *", "2028-02-29 00:00")]
    [InlineData("  0   2  *  * * ", "2026-01-01 02:00")]
    [InlineData("@daily", "2026-01-02 00:00")]
    [InlineData("@weekly", "2026-01-04 00:00")]
    [InlineData("@Hourly", "2026-01-01 01:00")]
    public void An_expression_is_read(string expression, string next) => Assert.Equal(
        next, CronSchedule.Parse(expression).Next(Start, TimeZoneInfo.Utc)!.Value.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("0 0 2 * * *", "seconds are not supported")]
    [InlineData("0 2 * *", "4 fields")]
    [InlineData("", "0 fields")]
    [InlineData("@reboot", "1 fields")]
    [InlineData("60 * * * *", "minute")]
    [InlineData("* 24 * * *", "hour")]
    [InlineData("* * 0 * *", "day of the month")]
    [InlineData("* * * 13 *", "month")]
    [InlineData("* * * * 8", "day of the week")]
    [InlineData("* * L * *", "day of the month")]
    [InlineData("* * * * 1#2", "day of the week")]
    [InlineData("5/10 * * * *", "needs a range")]
    [InlineData("30-10 * * * *", "backwards")]
    [InlineData("*/0 * * * *", "no step")]
    [InlineData("1,,2 * * * *", "minute")]
    [InlineData("-5 * * * *", "minute")]
    [InlineData("0 0 30 2 *", "never comes")]
    [InlineData("0 0 13 * 5", "day of the month and the day of the week")]
    public void What_schedulers_would_not_agree_on_is_refused(string expression, string why)
    {
        var failure = Assert.Throws<GrapException>(() => CronSchedule.Parse(expression));
        Assert.Equal(GrapCondition.ScheduleInvalid, failure.Condition);
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_that_clocks_skip_comes_after_the_gap_and_one_shown_twice_once()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var nightly = CronSchedule.Parse("30 2 * * *");
        var spring = nightly.NextRuns(new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero), 2, zone);
        var autumn = nightly.NextRuns(new(2026, 10, 24, 12, 0, 0, TimeSpan.Zero), 2, zone);

        Assert.Equal(["2026-03-29 03:00", "2026-03-30 02:30"], spring.Select(static run => run.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)));
        Assert.Equal(["2026-10-25 02:30", "2026-10-26 02:30"], autumn.Select(static run => run.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Times_are_counted_to_a_limit()
    {
        var minutely = CronSchedule.Parse("* * * * *");
        Assert.Equal(60, minutely.Count(Start, Start.AddHours(1), TimeZoneInfo.Utc, 1000));
        Assert.Equal(1000, minutely.Count(Start, Start.AddYears(5), TimeZoneInfo.Utc, 1000));
        Assert.Equal(0, minutely.Count(Start, Start, TimeZoneInfo.Utc, 1000));
    }
}
