using System.Text;

namespace Grap.Schedules;

/// <summary>A command line of Windows: one text that the program itself takes apart, by the rules of its C
/// library.</summary>
internal static class WindowsArguments
{
    /// <summary>Writes the words.</summary>
    public static string Write(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static IReadOnlyList<string> Read(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quoted, begun, index) = (false, false, 0);
        while (index < line.Length)
        {
            var slashes = 0;
            for (; index < line.Length && line[index] == '\\'; index++)
                slashes++;
            var atQuote = index < line.Length && line[index] == '"';
            word.Append('\\', atQuote ? slashes / 2 : slashes);
            begun |= slashes > 0;
            if (atQuote && slashes % 2 == 1)
                word.Append('"');
            else if (atQuote)
                (quoted, begun) = (!quoted, true);
            else if (index < line.Length && line[index] == ' ' && !quoted)
            {
                if (begun)
                    words.Add(word.ToString());
                begun = false;
                word.Clear();
            }
            else if (index < line.Length)
            {
                begun = true;
                word.Append(line[index]);
            }
            index++;
        }
        if (begun)
            words.Add(word.ToString());
        return words;
    }

    private static string Quote(string word)
    {
        var text = new StringBuilder("\"");
        var slashes = 0;
        foreach (var letter in word)
        {
            slashes = letter == '\\' ? slashes + 1 : letter == '"' ? slashes : 0;
            if (letter == '"')
            {
                // Backslashes count only before a quote: each of them twice, and one more for the quote.
                text.Append('\\', slashes + 1);
                slashes = 0;
            }
            text.Append(letter);
        }
        return text.Append('\\', slashes).Append('"').ToString();
    }
}
