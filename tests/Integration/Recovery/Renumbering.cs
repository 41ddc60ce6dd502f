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

    /// <summary>The property by which <see cref="ByKey"/> knows a node: an integer that no other node has.</summary>
    public const string KeyName = "lineKey";

    /// <summary>The lines of a graph, sorted, in which every node is called by its key, whatever id it has. Nodes of Grap's own
    /// are left out.</summary>
    public static List<string> ByKey(IEnumerable<string> lines)
    {
        var own = lines.Where(static line => !line.Contains("\"labels\":[\"GrapProjection\"]", StringComparison.Ordinal)).ToList();
        var keys = own.Select(static line => Key().Match(line)).Where(static match => match.Success).ToDictionary(
            static match => long.Parse(match.Groups["node"].ValueSpan, CultureInfo.InvariantCulture),
            static match => long.Parse(match.Groups["key"].ValueSpan, CultureInfo.InvariantCulture));
        return Renumber(own, id => keys[id]);
    }

    private static List<string> Renumber(IEnumerable<string> lines, Func<long, long> idOf) =>
        [.. lines.Select(line => Head().Replace(line, head => Renumber(head, idOf))).Order(StringComparer.Ordinal)];

    private static string Renumber(Match head, Func<long, long> idOf)
    {
        return head.Groups["node"].Success ? $"node {Id("node")}" : $"relationship {Id("start")} {Id("end")}";

        long Id(string name) => idOf(long.Parse(head.Groups[name].ValueSpan, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(
        "^\\{\"node\":\"(?<node>\\d+)\".*\"" + KeyName + "\":\\{\"integer\":\"(?<key>\\d+)\"\\}",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Key();

    [GeneratedRegex(
        "^\\{\"(node\":\"(?<node>\\d+)|relationship\":\"\\d+\",\"start\":\"(?<start>\\d+)\",\"end\":\"(?<end>\\d+))\"",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Head();
}
