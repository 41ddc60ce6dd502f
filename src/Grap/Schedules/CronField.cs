using System.Globalization;

namespace Grap.Schedules;

/// <summary>One of the five fields of a cron expression: which values it allows.</summary>
/// <param name="Name">What it counts, for messages.</param>
/// <param name="First">Its smallest value.</param>
/// <param name="Last">Its largest value.</param>
/// <param name="Names">Words for its values, from the smallest on; empty where it has none.</param>
internal sealed record CronField(string Name, int First, int Last, IReadOnlyList<string> Names)
{
    private static readonly string[] s_months =
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] s_weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    /// <summary>The five, in the order in which an expression has them. Sunday is 0, and 7 as well.</summary>
    public static IReadOnlyList<CronField> All { get; } =
    [
        new("minute", 0, 59, []),
        new("hour", 0, 23, []),
        new("day of the month", 1, 31, []),
        new("month", 1, 12, s_months),
        new("day of the week", 0, 7, s_weekdays),
    ];

    /// <summary>The values that a text such as <c>*/15</c>, <c>1-5</c> or <c>MON,WED</c> allows, ascending. Throws
    /// <see cref="FormatException"/> with what is wrong.</summary>
    public IReadOnlyList<int> Parse(string text)
    {
        var values = new SortedSet<int>();
        foreach (var part in text.Split(','))
        {
            var slash = part.IndexOf('/', StringComparison.Ordinal);
            var step = slash < 0 ? 1 : ParseStep(part[(slash + 1)..]);
            var (from, to) = ParseRange(slash < 0 ? part : part[..slash], hasStep: slash >= 0);
            for (var value = from; value <= to; value += step)
                values.Add(IsWeekday && value == 7 ? 0 : value);
        }
        return [.. values];
    }

    private bool IsWeekday => Last == 7;

    private (int From, int To) ParseRange(string text, bool hasStep)
    {
        if (text == "*")
            return (First, IsWeekday ? 6 : Last);
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            var only = ParseValue(text);
            // Some crons read 5/10 as "from 5 on", others refuse it.
            return hasStep ? throw Wrong($"'{text}/…' needs a range such as {text}-{Last}") : (only, only);
        }
        var (from, to) = (ParseValue(text[..dash]), ParseValue(text[(dash + 1)..]));
        return from <= to ? (from, to) : throw Wrong($"'{text}' runs backwards");
    }

    private int ParseStep(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step > 0 && step <= Last
            ? step
            : throw Wrong($"'{text}' is no step");

    private int ParseValue(string text)
    {
        for (var index = 0; index < Names.Count; index++)
        {
            if (Names[index].Equals(text, StringComparison.OrdinalIgnoreCase))
                return First + index;
        }
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= First && value <= Last
            ? value
            : throw Wrong($"'{text}' is not from {First} to {Last}");
    }

    private FormatException Wrong(string what) => new($"The {Name} is wrong: {what}.");
}
