using System.Text;

namespace Grap.Help;

/// <summary>A title and the text below it.</summary>
internal sealed record Section(string Title, IReadOnlyList<string> Paragraphs);

/// <summary>An example: a title, code, and what it does.</summary>
internal sealed record Example(string Title, string Code, IReadOnlyList<string> Remarks);

/// <summary>A page of docs/commands: <c># Name</c>, the synopsis, and the parts that <see cref="Parse"/> looks
/// for.</summary>
internal sealed record CommandPage(
    string Name, string Synopsis, IReadOnlyList<string> Description, IReadOnlyList<Section> Parameters,
    IReadOnlyList<Example> Examples, IReadOnlyList<Section> Inputs, IReadOnlyList<Section> Outputs,
    IReadOnlyList<string> Related)
{
    private const string Fence = "```";

    /// <summary>Parses a page. Throws <see cref="HelpException"/> for one without a name or synopsis.</summary>
    public static CommandPage Parse(string markdown)
    {
        var parts = Split(markdown.ReplaceLineEndings("\n").Split('\n'), "# ");
        if (parts is not [var (name, body)])
            throw new HelpException("A page has one '# Name'.");
        var chapters = Split(body, "## ", out var synopsis);
        IReadOnlyList<string> Chapter(string title) =>
            chapters.FirstOrDefault(chapter => chapter.Title == title).Body
                ?? throw new HelpException($"{name} has no '## {title}'.");
        return new CommandPage(
            name, string.Join(' ', Paragraphs(synopsis)), Paragraphs(Chapter("Description")),
            Sections(Chapter("Parameters")), [.. Split(Chapter("Examples"), "### ").Select(ToExample)],
            Sections(Chapter("Inputs")), Sections(Chapter("Outputs")),
            [
                .. Chapter("Related").Where(line => line.StartsWith("- ", StringComparison.Ordinal))
                    .Select(line => line[2..].Trim()),
            ]);
    }

    private static List<Section> Sections(IReadOnlyList<string> lines) =>
        [.. Split(lines, "### ").Select(part => new Section(part.Title.TrimStart('-'), Paragraphs(part.Body)))];

    private static Example ToExample((string Title, IReadOnlyList<string> Body) part)
    {
        var code = new List<string>();
        var remarks = new List<string>();
        var inCode = false;
        foreach (var line in part.Body)
        {
            if (line.StartsWith(Fence, StringComparison.Ordinal))
                inCode = !inCode;
            else
                (inCode ? code : remarks).Add(line);
        }
        return new Example(part.Title, string.Join('\n', code), Paragraphs(remarks));
    }

    /// <summary>Paragraphs as running text, without the marks of Markdown.</summary>
    private static List<string> Paragraphs(IEnumerable<string> lines)
    {
        var paragraphs = new List<string>();
        var paragraph = new StringBuilder();
        foreach (var line in lines.Append(""))
        {
            if (line.Trim().Length > 0)
                paragraph.Append(paragraph.Length > 0 ? " " : "")
                    .Append(line.Trim().Replace("`", "", StringComparison.Ordinal));
            else if (paragraph.Length > 0)
            {
                paragraphs.Add(paragraph.ToString());
                paragraph.Clear();
            }
        }
        return paragraphs;
    }

    private static List<(string Title, IReadOnlyList<string> Body)> Split(IReadOnlyList<string> lines, string mark) =>
        Split(lines, mark, out _);

    private static List<(string Title, IReadOnlyList<string> Body)> Split(
        IReadOnlyList<string> lines, string mark, out IReadOnlyList<string> before)
    {
        var head = new List<string>();
        var parts = new List<(string Title, IReadOnlyList<string> Body)>();
        var current = head;
        var inCode = false;
        foreach (var line in lines)
        {
            // A '#' in an example is a comment of PowerShell.
            inCode ^= line.StartsWith(Fence, StringComparison.Ordinal);
            if (!inCode && line.StartsWith(mark, StringComparison.Ordinal))
                parts.Add((line[mark.Length..].Trim(), current = []));
            else
                current.Add(line);
        }
        before = head;
        return parts;
    }
}
