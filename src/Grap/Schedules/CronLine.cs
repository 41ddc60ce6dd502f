using System.Text;

namespace Grap.Schedules;

/// <summary>
/// The command part of a line in a crontab. Two readers take it apart: cron, for which <c>%</c> ends the command unless
/// a backslash stands before it, wherever it is; and then the shell, for which a word in single quotes stays as it is.
/// What crons make of any other backslash differs, so there is none.
/// </summary>
internal static class CronLine
{
    // Debian's cron takes 998 characters, others more.
    private const int MaxLength = 998;

    /// <summary>Writes the words. Throws <see cref="GrapException"/> with NotSupported for what a crontab cannot
    /// hold.</summary>
    public static string Write(IEnumerable<string> words)
    {
        var line = string.Join(' ', words.Select(Quote));
        if (line.AsSpan().ContainsAny('\n', '\r', '\0'))
            throw Unsupported("A line of a crontab cannot hold a line break.");
        if (line.Contains('\\', StringComparison.Ordinal))
            throw Unsupported("What cron makes of a backslash differs from system to system.");
        line = line.Replace("%", @"\%", StringComparison.Ordinal);
        return line.Length <= MaxLength
            ? line
            : throw Unsupported($"The command has {line.Length} characters, and cron takes {MaxLength}.");
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static string[] Read(string line)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char? quote = null;
        foreach (var letter in line.Replace(@"\%", "%", StringComparison.Ordinal))
        {
            if (letter == quote)
                quote = null;
            else if (quote is null && (letter is '\'' or '"'))
                (quote, word) = (letter, word ?? new StringBuilder());
            else if (quote is null && letter == ' ')
            {
                if (word is not null)
                    words.Add(word.ToString());
                word = null;
            }
            else
                (word ??= new StringBuilder()).Append(letter);
        }
        if (word is not null)
            words.Add(word.ToString());
        return [.. words];
    }

    private static string Quote(string word) => $"'{word.Replace("'", "'\"'\"'", StringComparison.Ordinal)}'";

    private static GrapException Unsupported(string what) => new(GrapCondition.NotSupported, what,
        "Use shorter paths without such characters, or another scheduler with -Scheduler.");
}
