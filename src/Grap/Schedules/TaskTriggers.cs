using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Grap.Schedules;

/// <summary>
/// A cron expression as triggers of Windows' Task Scheduler. A trigger is one time of day on some days, or one that
/// comes again and again through the day at an even interval. Task Scheduler takes 48 of them in a task.
/// </summary>
internal static class TaskTriggers
{
    /// <summary>The most that a task can have.</summary>
    public const int Most = 48;
    private const int MinutesOfDay = 24 * 60;

    // Any date that has passed: only the time of day counts, by the machine's own clock.
    private static readonly DateTime s_beginning = new(2024, 1, 1);
    private static readonly string[] s_weekdays =
        ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    // A month of four such days has its fourth as its last; it is one run all the same.
    private static readonly string[] s_weeks = ["1", "2", "3", "4", "Last"];
    private static readonly string[] s_months =
    [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ];

    /// <summary>The triggers. Throws <see cref="GrapException"/> with NotSupported where there would be too
    /// many.</summary>
    public static IReadOnlyList<XElement> Of(CronSchedule cron, XNamespace space)
    {
        var times = (from hour in cron.Hours from minute in cron.Minutes select (hour * 60) + minute).ToList();
        if (Interval(times) is { } interval)
            return [Trigger(cron, space, times[0], interval)];
        return times.Count <= Most
            ? [.. times.Select(time => Trigger(cron, space, time, null))]
            : throw new GrapException(GrapCondition.NotSupported,
                $"'{cron}' needs {times.Count} triggers, and a task of Task Scheduler has {Most} at most.",
                "Use fewer times of day, or an even interval through the whole day such as '*/10 * * * *'.",
                cron.Expression);
    }

    /// <summary>Minutes between two times, where they are the same all day and into the next.</summary>
    private static int? Interval(List<int> times)
    {
        if (times.Count < 2 || MinutesOfDay % times.Count != 0)
            return null;
        var interval = MinutesOfDay / times.Count;
        return times.Select((time, index) => time == times[0] + (index * interval)).All(static even => even)
            ? interval
            : null;
    }

    private static XElement Trigger(CronSchedule cron, XNamespace space, int minuteOfDay, int? interval)
    {
        var trigger = new XElement(space + "CalendarTrigger");
        if (interval is { } minutes)
        {
            trigger.Add(new XElement(space + "Repetition",
                new XElement(space + "Interval", XmlConvert.ToString(TimeSpan.FromMinutes(minutes))),
                // To the day's last time, not into the first of the next day.
                new XElement(space + "Duration", XmlConvert.ToString(TimeSpan.FromMinutes(MinutesOfDay - minutes + 1))),
                new XElement(space + "StopAtDurationEnd", "false")));
        }
        trigger.Add(
            new XElement(space + "StartBoundary", s_beginning.AddMinutes(minuteOfDay)
                .ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture)),
            new XElement(space + "Enabled", "true"),
            Days(cron, space));
        return trigger;
    }

    private static XElement Days(CronSchedule cron, XNamespace space)
    {
        var weekdays = cron.Weekdays is { } days
            ? new XElement(space + "DaysOfWeek", days.Select(day => new XElement(space + s_weekdays[day])))
            : null;
        if (cron.Months is null && cron.Days is null)
        {
            return weekdays is null
                ? new XElement(space + "ScheduleByDay", new XElement(space + "DaysInterval", 1))
                : new XElement(space + "ScheduleByWeek", new XElement(space + "WeeksInterval", 1), weekdays);
        }
        var months = new XElement(space + "Months",
            (cron.Months ?? [.. Enumerable.Range(1, 12)]).Select(month => new XElement(space + s_months[month - 1])));
        return weekdays is null
            ? new XElement(space + "ScheduleByMonth",
                new XElement(space + "DaysOfMonth",
                    (cron.Days ?? [.. Enumerable.Range(1, 31)]).Select(day => new XElement(space + "Day", day))),
                months)
            : new XElement(space + "ScheduleByMonthDayOfWeek",
                new XElement(space + "Weeks",
                    s_weeks.Select(week => new XElement(space + "Week", week))),
                weekdays, months);
    }
}
