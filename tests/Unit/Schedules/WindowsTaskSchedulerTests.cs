using System.Xml.Linq;
using CsCheck;
using Grap.Schedules;
using Xunit;

namespace Grap.Tests.Unit.Schedules;

public sealed class WindowsTaskSchedulerTests
{
    private static readonly XNamespace Space = "http://schemas.microsoft.com/windows/2004/02/mit/task";
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeCommands _commands = new();

    [Theory]
    [InlineData("0 2 * * *", 1)]
    [InlineData("0,30 2,14 * * *", 4)]
    [InlineData("*/5 * * * *", 1)]
    [InlineData("7 * * * *", 1)]
    [InlineData("*/30 8-18 * * mon-fri", 22)]
    [InlineData("*/30 * * * 0", 1)]
    [InlineData("0 3 1,15 * *", 1)]
    [InlineData("0 3 31 * *", 1)]
    [InlineData("0 3 * 1-6 *", 1)]
    [InlineData("0 3 * 1,7 sun", 1)]
    [InlineData("0,20,40,50 0-11 * * *", 48)]
    public void Triggers_come_when_the_expression_does(string expression, int count)
    {
        var cron = CronSchedule.Parse(expression);
        var triggers = TaskTriggers.Of(cron, Space);
        Assert.Equal(count, triggers.Count);
        var days = 400;
        var expected = cron.NextRuns(Start.AddSeconds(-1), 200, TimeZoneInfo.Utc).ToList();
        var actual = triggers.SelectMany(trigger => Times(trigger, Start.UtcDateTime, days))
            .Distinct().Order().Take(expected.Count).Select(static time => new DateTimeOffset(time, TimeSpan.Zero));
        Assert.Equal(expected.Where(time => time < Start.AddDays(days)), actual);
    }

    [Theory]
    [InlineData("*/10 8-18 * * *", "66")]
    [InlineData("0-48 0 * * *", "49")]
    [InlineData("*/7 * * * *", "216")]
    public void An_expression_that_needs_more_than_48_is_refused_by_name(string expression, string count)
    {
        var failure = Assert.Throws<GrapException>(() => TaskTriggers.Of(CronSchedule.Parse(expression), Space));
        Assert.Equal(GrapCondition.NotSupported, failure.Condition);
        Assert.Contains($"'{expression}' needs {count} triggers", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_could_keep_a_backup_from_running_is_left_to_a_default()
    {
        var task = Task(SchedulePrincipal.CurrentUser);
        var settings = task.Element(Space + "Settings")!;
        Assert.Equal("true", (string?)settings.Element(Space + "StartWhenAvailable"));
        Assert.Equal("false", (string?)settings.Element(Space + "DisallowStartIfOnBatteries"));
        Assert.Equal("false", (string?)settings.Element(Space + "StopIfGoingOnBatteries"));
        Assert.Equal("false", (string?)settings.Element(Space + "RunOnlyIfIdle"));
        Assert.Equal("IgnoreNew", (string?)settings.Element(Space + "MultipleInstancesPolicy"));
        Assert.Equal("P1D", (string?)settings.Element(Space + "ExecutionTimeLimit"));
        var principal = task.Descendants(Space + "Principal").Single();
        Assert.Equal((@"HOST\user", "S4U", "LeastPrivilege"), ((string?)principal.Element(Space + "UserId"),
            (string?)principal.Element(Space + "LogonType"), (string?)principal.Element(Space + "RunLevel")));
        Assert.Equal((string?)principal.Attribute("id"), (string?)task.Element(Space + "Actions")!.Attribute("Context"));
    }

    [Theory]
    [InlineData(SchedulePrincipal.System, "S-1-5-18")]
    [InlineData(SchedulePrincipal.LocalService, "S-1-5-19")]
    [InlineData(SchedulePrincipal.NetworkService, "S-1-5-20")]
    public void Accounts_of_the_system_are_named_the_same_in_every_language(SchedulePrincipal principal, string sid) =>
        Assert.Equal(sid, (string?)Task(principal).Descendants(Space + "UserId").Single());

    [Fact]
    public void A_schedule_comes_back_as_it_was_registered()
    {
        var scheduler = new WindowsTaskScheduler(_commands, SchedulePrincipal.CurrentUser, @"HOST\user");
        var schedule = CronSchedulerTests.Schedule("nightly", "0 2 * * MON", @"C:\a b\", "say \"it's 100% <&>\"", "");
        scheduler.Register(schedule);
        scheduler.Register(schedule);

        var found = Assert.Single(scheduler.List());
        Assert.Equal(("nightly", "0 2 * * MON", @"\Grap\nightly", true), (found.Name, found.Cron, found.Source, found.Enabled));
        Assert.Equal(schedule.Command.Words, [found.Program, .. found.Arguments]);

        _commands.Tasks[@"\Other\nightly"] = _commands.Tasks[@"\Grap\nightly"].Replace(@"\Grap\", @"\Other\", StringComparison.Ordinal);
        Assert.Single(scheduler.List());
        Assert.True(scheduler.Unregister("nightly"));
        Assert.False(scheduler.Unregister("nightly"));
        Assert.Equal([@"\Other\nightly"], _commands.Tasks.Keys);
    }

    [Fact]
    public void Any_word_comes_back_as_it_was() => Gen.String[Gen.Char[" aZ\\\"'%é"], 0, 20].Array[0, 5].Sample(static words =>
        Assert.Equal(words, WindowsArguments.Read(WindowsArguments.Write(words))), iter: 5000);

    private static XElement Task(SchedulePrincipal principal) => XDocument.Parse(TaskXml.Write(
        CronSchedulerTests.Schedule("nightly", "0 2 * * *"), @"\Grap\nightly", principal, @"HOST\user")).Root!;

    /// <summary>When a trigger comes, as Windows reads it.</summary>
    private static IEnumerable<DateTime> Times(XElement trigger, DateTime from, int days)
    {
        var first = DateTime.Parse((string)trigger.Element(Space + "StartBoundary")!, System.Globalization.CultureInfo.InvariantCulture);
        for (var day = from.Date; day < from.Date.AddDays(days); day = day.AddDays(1))
        {
            if (!Fits(trigger, day))
                continue;
            var time = day + first.TimeOfDay;
            yield return time;
            if (trigger.Element(Space + "Repetition") is not { } repetition)
                continue;
            var interval = System.Xml.XmlConvert.ToTimeSpan((string)repetition.Element(Space + "Interval")!);
            var duration = System.Xml.XmlConvert.ToTimeSpan((string)repetition.Element(Space + "Duration")!);
            for (var after = interval; after < duration; after += interval)
                yield return time + after;
        }
    }

    private static bool Fits(XElement trigger, DateTime day)
    {
        bool Has(XElement schedule, string list, string name) => schedule.Element(Space + list)!.Element(Space + name) is not null;
        var month = System.Globalization.CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(day.Month);
        if (trigger.Element(Space + "ScheduleByDay") is not null)
            return true;
        if (trigger.Element(Space + "ScheduleByWeek") is { } week)
            return Has(week, "DaysOfWeek", $"{day.DayOfWeek}");
        if (trigger.Element(Space + "ScheduleByMonth") is { } months)
            return Has(months, "Months", month)
                && months.Element(Space + "DaysOfMonth")!.Elements().Any(one => (int)one == day.Day);
        var byWeekday = trigger.Element(Space + "ScheduleByMonthDayOfWeek")!;
        return Has(byWeekday, "Months", month) && Has(byWeekday, "DaysOfWeek", $"{day.DayOfWeek}")
            && byWeekday.Element(Space + "Weeks")!.Elements().Select(static one => one.Value)
                .SequenceEqual(["1", "2", "3", "4", "Last"]);
    }
}
