using System.Globalization;
using System.Text.RegularExpressions;
using Grap.Recovery;

namespace Grap.Tests.Integration.Recovery;

/// <summary>Canonical lines of a graph with the ids that its nodes got elsewhere, and none for relationships: what the
/// lines of the restored graph must be.</summary>
internal static partial class Renumbering
{
    /// <summary>The lines of the source, sorted, with the target's ids.</summary>
    public static List<string> Expected(IEnumerable<string> source, NodeIds ids) => Renumber(source, id =>
    {
        Assert.True(ids.TryGet(id, out var restored), $"Node {id} was not restored.");
        return restored;
    });

    /// <summary>The lines of the target, sorted.</summary>
    public static List<string> Actual(IEnumerable<string> target) => Renumber(target, static id => id);

    private static List<string> Renumber(IEnumerable<string> lines, Func<long, long> idOf) =>
        [.. lines.Select(line => Head().Replace(line, head => Renumber(head, idOf))).Order(StringComparer.Ordinal)];

    private static string Renumber(Match head, Func<long, long> idOf)
    {
        return head.Groups["node"].Success ? $"node {Id("node")}" : $"relationship {Id("start")} {Id("end")}";

        long Id(string name) => idOf(long.Parse(head.Groups[name].ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(
        "^\\{\"(node\":\"(?<node>\\d+)|relationship\":\"\\d+\",\"start\":\"(?<start>\\d+)\",\"end\":\"(?<end>\\d+))\"",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Head();
}
