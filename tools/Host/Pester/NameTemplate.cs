using System.Text.RegularExpressions;

namespace Grap.Host.Pester;

/// <summary>Test names with values in them: <c>adds &lt;a&gt; and &lt;_.b&gt;</c>.</summary>
internal static partial class NameTemplate
{
    /// <param name="template">The name as written.</param>
    /// <param name="evaluate">Gives the text of a PowerShell expression such as <c>$a.b</c>.</param>
    public static string Expand(string template, Func<string, string> evaluate) =>
        Placeholder().Replace(template, match => match.Groups["escaped"].Success
            ? match.Value[1..]
            : evaluate("$" + match.Groups["name"].Value));

    [GeneratedRegex(@"(?<escaped>`<)|<(?<name>[A-Za-z_]\w*(\.\w+)*)>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}
