using System.Globalization;
using System.Text;

namespace Grap.OnlineCopy;

/// <summary>Reads the few settings of a <c>neo4j.conf</c> that say where the files are, as the server reads them: as
/// properties of Java. One that is named twice, with which no server starts, has its last value here.</summary>
internal static class ConfigurationFile
{
    public const string Name = "neo4j.conf";

    private const string Spaces = " \t\f";
    private const string Separators = "=:";

    /// <summary>The settings by name. A value that is empty, or a command for the server to run, is left out.</summary>
    /// <param name="text">The file's text, of whatever kind: what is no setting gives none.</param>
    public static IReadOnlyDictionary<string, string> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in Lines(text))
        {
            var nameEnd = End(line, Spaces + Separators);
            var rest = line.AsSpan(nameEnd).TrimStart(Spaces);
            if (rest.Length > 0 && Separators.Contains(rest[0], StringComparison.Ordinal))
                rest = rest[1..];
            // What stands behind it belongs to the value, spaces too.
            var value = Unescape(rest.TrimStart(Spaces));
            if (value.Length > 0 && !value.StartsWith("$(", StringComparison.Ordinal))
                settings[Unescape(line.AsSpan(0, nameEnd))] = value;
        }
        return settings;
    }

    /// <summary>The lines that say something, each with those that continue it: a backslash at the end says that the
    /// next does, and a comment has none.</summary>
    private static IEnumerable<string> Lines(string text)
    {
        var begun = new StringBuilder();
        foreach (var natural in text.Split(["\r\n", "\n", "\r"], StringSplitOptions.None))
        {
            var line = natural.TrimStart(Spaces.ToCharArray());
            if (begun.Length == 0 && (line.Length == 0 || line[0] is '#' or '!'))
                continue;
            if (IsContinued(line))
            {
                begun.Append(line.AsSpan(0, line.Length - 1));
                continue;
            }
            yield return begun.Append(line).ToString();
            begun.Clear();
        }
        if (begun.Length > 0)
            yield return begun.ToString();
    }

    private static bool IsContinued(string line) => (line.Length - line.AsSpan().TrimEnd('\\').Length) % 2 == 1;

    /// <summary>The place of the first of these letters that no backslash stands before.</summary>
    private static int End(string line, string ends)
    {
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == '\\')
                at++;
            else if (ends.Contains(line[at], StringComparison.Ordinal))
                return at;
        }
        return line.Length;
    }

    private static string Unescape(ReadOnlySpan<char> text)
    {
        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\' || ++at == text.Length)
            {
                if (at < text.Length)
                    plain.Append(text[at]);
                continue;
            }
            if (text[at] == 'u' && at + 4 < text.Length && ushort.TryParse(
                text.Slice(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                plain.Append((char)unit);
                at += 4;
                continue;
            }
            plain.Append(text[at] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var other => other });
        }
        return plain.ToString();
    }
}
