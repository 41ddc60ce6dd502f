using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Grap.Reports;

/// <summary>Writes HTML. Whatever comes from a repository goes through <see cref="Encode"/>: names of databases,
/// backups
/// and users are other people's.</summary>
internal sealed class HtmlText
{
    private static readonly HtmlEncoder s_encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly StringBuilder _text = new();

    /// <summary>Markup of Grap's own, with numbers in it.</summary>
    public HtmlText Raw(FormattableString markup)
    {
        _text.Append(markup.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>Begins a section with its title.</summary>
    public HtmlText Section(string id, string title) =>
        Raw($"<section id=\"{id}\"><h2>{Encode(title)}</h2>\n");

    /// <summary>Ends a section.</summary>
    public HtmlText EndSection() => Raw($"</section>\n");

    /// <summary>A paragraph.</summary>
    public HtmlText Paragraph(string text) => Raw($"<p>{Encode(text)}</p>\n");

    /// <summary>A table that a narrow screen scrolls by itself. Numbers stand to the right.</summary>
    public HtmlText Table(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        Raw($"<div class=\"scroll\"><table><thead><tr>");
        foreach (var head in heads)
            Raw($"<th>{Encode(head)}</th>");
        Raw($"</tr></thead><tbody>\n");
        foreach (var row in rows)
        {
            Raw($"<tr>");
            foreach (var cell in row)
                Raw($"<td{Class(cell.Kind)}><bdi>{Encode(cell.Text)}</bdi></td>");
            Raw($"</tr>\n");
        }
        return Raw($"</tbody></table></div>\n");
    }

    /// <summary>Text that shows as it is, wherever it stands.</summary>
    public static string Encode(string text) => s_encoder.Encode(text);

    /// <summary>All of it.</summary>
    public override string ToString() => _text.ToString();

    private static string Class(string? kind) => kind is null ? "" : $" class=\"{kind}\"";
}

/// <summary>A cell of a table.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Kind">How it looks: <c>number</c>, <c>good</c>, <c>warn</c>, <c>bad</c>, or null.</param>
internal readonly record struct Cell(string Text, string? Kind = null)
{
    public static implicit operator Cell(string text) => new(text);

    /// <summary>A number.</summary>
    public static Cell Number(string text) => new(text, "number");
}
