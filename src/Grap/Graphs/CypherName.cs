namespace Grap.Graphs;

/// <summary>Names of users as parts of a query.</summary>
internal static class CypherName
{
    /// <summary>The name in backticks, so that it reads back as itself whatever is in it. Neo4j replaces <c>\uXXXX</c>
    /// anywhere in a query before it parses, so a name that contains such a run has its backslash written that
    /// way.</summary>
    public static string Quote(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var escaped = name.Replace(@"\u", @"\u005Cu", StringComparison.Ordinal);
        return $"`{escaped.Replace("`", "``", StringComparison.Ordinal)}`";
    }

    /// <summary><c>:`A`:`B`</c>; nothing for no labels.</summary>
    public static string Labels(IEnumerable<string> labels) =>
        string.Concat(labels.Select(static label => ":" + Quote(label)));

    /// <summary><c>`A`|`B`</c>.</summary>
    public static string AnyOf(IEnumerable<string> labelsOrTypes) => string.Join('|', labelsOrTypes.Select(Quote));
}
