using Cronos;

namespace Grap.Schedules;

/// <summary>
/// When something runs: a cron expression of five fields (minute, hour, day of the month, month, day of the week), or
/// <c>@hourly</c>, <c>@daily</c>, <c>@weekly</c>, <c>@monthly</c>, <c>@yearly</c>. What every scheduler understands the
/// same way, and nothing else: seconds, <c>L</c>, <c>W</c>, <c>#</c> and <c>@reboot</c> are refused, and so is
/// restricting both kinds of day, which cron reads as "either" and systemd as "both".
/// </summary>
public sealed class CronSchedule
{
    private const int Minute = 0, Hour = 1, Day = 2, Month = 3, Weekday = 4;
    private static readonly Dictionary<string, string> s_macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@hourly"] = "0 * * * *",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@weekly"] = "0 0 * * 0",
        ["@monthly"] = "0 0 1 * *",
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
    };

    private readonly string[] _texts;
    private readonly IReadOnlyList<int>[] _values;
    private readonly CronExpression _occurrences;

    private CronSchedule(string[] texts, IReadOnlyList<int>[] values)
    {
        (_texts, _values) = (texts, values);
        _occurrences = CronExpression.Parse(string.Join(' ', values.Select((field, index) =>
            texts[index] == "*" ? "*" : string.Join(',', field))));
    }

    /// <summary>The expression, one blank between two fields; a word such as <c>@daily</c> as the fields that it stands
    /// for.</summary>
    public string Expression => string.Join(' ', _texts);

    /// <summary>Minutes, ascending.</summary>
    public IReadOnlyList<int> Minutes => _values[Minute];
    /// <summary>Hours, ascending.</summary>
    public IReadOnlyList<int> Hours => _values[Hour];
    /// <summary>Days of the month, ascending; null for every one.</summary>
    public IReadOnlyList<int>? Days => _texts[Day] == "*" ? null : _values[Day];
    /// <summary>Months, ascending; null for every one.</summary>
    public IReadOnlyList<int>? Months => _texts[Month] == "*" ? null : _values[Month];
    /// <summary>Days of the week, ascending, Sunday is 0; null for every one.</summary>
    public IReadOnlyList<int>? Weekdays => _texts[Weekday] == "*" ? null : _values[Weekday];

    /// <summary>Reads an expression. Throws <see cref="GrapException"/> with ScheduleInvalid.</summary>
    public static CronSchedule Parse(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        var text = s_macros.GetValueOrDefault(expression.Trim(), expression);
        var texts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (texts.Length == CronField.All.Count + 1)
            throw Invalid(expression, "It has six fields: seconds are not supported.");
        if (texts.Length != CronField.All.Count)
            throw Invalid(expression, $"It has {texts.Length} fields instead of five.");
        if (texts[Day] != "*" && texts[Weekday] != "*")
            throw Invalid(expression,
                "It restricts the day of the month and the day of the week: some schedulers run when either fits, "
                + "others when both do.");
        CronSchedule schedule;
        try
        {
            schedule = new CronSchedule(
                texts, [.. texts.Select(static (field, index) => CronField.All[index].Parse(field))]);
        }
        catch (FormatException wrong)
        {
            throw Invalid(expression, wrong.Message, wrong);
        }
        return schedule.Next(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc) is null
            ? throw Invalid(expression, "It never comes: no such month has such a day.")
            : schedule;
    }

    /// <summary>The first time after <paramref name="after"/>. A time that clocks skip in spring comes right after the
    /// gap; one that they show twice in autumn comes once.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone) => _occurrences.GetNextOccurrence(after, zone);

    /// <summary>The first times after <paramref name="after"/>.</summary>
    public IReadOnlyList<DateTimeOffset> NextRuns(DateTimeOffset after, int count, TimeZoneInfo zone)
    {
        var runs = new List<DateTimeOffset>(count);
        while (runs.Count < count && Next(runs.Count > 0 ? runs[^1] : after, zone) is { } next)
            runs.Add(next);
        return runs;
    }

    /// <summary>How many times lie after <paramref name="after"/> and not after <paramref name="until"/>, counted to
    /// <paramref name="most"/>.</summary>
    public int Count(DateTimeOffset after, DateTimeOffset until, TimeZoneInfo zone, int most)
    {
        var count = 0;
        for (var next = Next(after, zone); next <= until && count < most; next = Next(next.Value, zone))
            count++;
        return count;
    }

    /// <summary>The expression.</summary>
    public override string ToString() => Expression;

    private static GrapException Invalid(string expression, string what, Exception? inner = null) => new(
        GrapCondition.ScheduleInvalid, $"'{expression}' is no schedule. {what}",
        "Use a cron expression of five fields, such as '0 2 * * *' for every day at two o'clock.", expression, inner);
}
