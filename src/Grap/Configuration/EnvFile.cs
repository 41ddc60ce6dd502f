using System.Text;

namespace Grap.Configuration;

/// <summary>One assignment of an <c>.env</c> file.</summary>
/// <param name="Value">The value, unquoted. Never printed by this record.</param>
/// <param name="Line">Counts from 1.</param>
internal sealed record EnvLine(string Value, int Line)
{
    public override string ToString() => $"line {Line}";
}

/// <summary>
/// An <c>.env</c> file. A line is empty, a comment, or <c>NAME=value</c>, with <c>export</c> and blanks around the
/// equals sign allowed:
/// <list type="bullet">
/// <item>Unquoted values end at the line's end, or at a <c>#</c> that stands behind a blank; blanks at either end are
/// dropped.</item>
/// <item>Single quotes keep everything as it is. Double quotes know <c>\n \r \t \" \\ \$</c> and nothing else.</item>
/// <item>Nothing is expanded: a <c>$</c> is a <c>$</c>. A value does not go on over several lines.</item>
/// <item>Lines end in LF or CRLF; a byte order mark is passed over. A name may be set once.</item>
/// </list>
/// Anything else is an error that names file and line and never repeats the text, which may be a secret.
/// </summary>
internal sealed class EnvFile
{
    private readonly Dictionary<string, EnvLine> _lines = new(StringComparer.Ordinal);

    private EnvFile(string path) => Path = path;

    /// <summary>Where it was read.</summary>
    public string Path { get; }

    /// <summary>The assignments by name.</summary>
    public IReadOnlyDictionary<string, EnvLine> Lines => _lines;

    /// <summary>Parses the text of <paramref name="path"/>. Throws <see cref="GrapException"/> with
    /// SettingInvalid.</summary>
    public static EnvFile Parse(string text, string path)
    {
        var file = new EnvFile(path);
        var number = 0;
        foreach (var line in text.TrimStart('\uFEFF').Split('\n'))
            file.Add(line.EndsWith('\r') ? line[..^1] : line, ++number);
        return file;
    }

    private void Add(string line, int number)
    {
        var rest = line.AsSpan().Trim(Blanks);
        if (rest.IsEmpty || rest[0] == '#')
            return;
        if (rest.ContainsAny('\0', '\r'))
            throw Invalid(number, "holds a control character");
        if (rest.StartsWith("export ", StringComparison.Ordinal)
            || rest.StartsWith("export\t", StringComparison.Ordinal))
            rest = rest["export".Length..].TrimStart(Blanks);
        var equals = rest.IndexOf('=');
        if (equals < 0)
            throw Invalid(number, "has no '='");
        var name = rest[..equals].TrimEnd(Blanks).ToString();
        if (!IsName(name))
            throw Invalid(number, "does not begin with a name of letters, digits and underscores");
        var value = ReadValue(rest[(equals + 1)..], number);
        if (!_lines.TryAdd(name, new EnvLine(value, number)))
            throw Invalid(number, $"sets {name} again, after line {_lines[name].Line}");
    }

    private string ReadValue(ReadOnlySpan<char> text, int number)
    {
        var value = text.TrimStart(Blanks);
        if (value.IsEmpty)
            return "";
        if (value[0] is '"' or '\'')
            return ReadQuoted(value, number);
        // Behind "NAME= " a '#' begins a comment at once; in "NAME=#x" it belongs to the value.
        if (value[0] == '#' && value.Length < text.Length)
            return "";
        for (var i = 1; i < value.Length; i++)
        {
            if (value[i] == '#' && Blanks.Contains(value[i - 1]))
                return value[..i].TrimEnd(Blanks).ToString();
        }
        return value.TrimEnd(Blanks).ToString();
    }

    private string ReadQuoted(ReadOnlySpan<char> text, int number)
    {
        var quote = text[0];
        var value = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            var c = text[i];
            if (c == quote)
            {
                var behind = text[(i + 1)..];
                var tail = behind.TrimStart(Blanks);
                if (tail.IsEmpty || (tail[0] == '#' && tail.Length < behind.Length))
                    return value.ToString();
                throw Invalid(number, "goes on behind the closing quote");
            }
            if (c == '\\' && quote == '"')
                c = i + 1 < text.Length ? Unescape(text[++i], number) : throw Unclosed(number);
            value.Append(c);
        }
        throw Unclosed(number);
    }

    private char Unescape(char c, int number) => c switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '"' or '\\' or '$' => c,
        _ => throw Invalid(
            number, "has an unknown escape in double quotes; single quotes keep backslashes as they are"),
    };

    private GrapException Unclosed(int number) => Invalid(number, "opens a quote and does not close it");

    private GrapException Invalid(int number, string problem) => new(
        GrapCondition.SettingInvalid, $"{Path}:{number} {problem}.",
        "Write each line as NAME=value, NAME='value' or NAME=\"value\"; see about_Grap_Settings.", $"{Path}:{number}");

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private const string Blanks = " \t";
}
