using System.Globalization;
using System.Text;

namespace Grap.Health;

/// <summary>Writes a report as people read it.</summary>
internal static class HealthText
{
    private const int Width = 60;
    private const int NameWidth = 30;

    public static string Write(HealthReport report)
    {
        var text = new StringBuilder();
        Line(new string('=', Width));
        Line("Neo4j Health Check Report");
        Line($"Timestamp: {HealthDocument.Time(report.Timestamp)}");
        Line($"Status: {report.Status.ToString().ToUpperInvariant()}");
        Line(new string('=', Width));
        Line("");
        Line("Health Checks:");
        Line(new string('-', Width));
        foreach (var check in report.Checks)
        {
            Line($"  {Mark(check.Status)} {check.Name.PadRight(NameWidth)}[{HealthDocument.Word(check.Status)}]");
            Line($"    Message: {check.Message}");
            foreach (var finding in check.Findings)
                Line($"      - {finding}");
            Line($"    Duration: {Number(HealthDocument.Milliseconds(check.Duration))}ms");
            Line("");
        }
        if (report.Statistics is { } statistics)
            WriteStatistics(statistics);
        else if (report.StatisticsProblem is { } problem)
            Line($"Graph Statistics: not counted. {problem.TrimEnd('.')}.");
        text.Append('=', Width);
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');

        void WriteStatistics(GraphStatistics graph)
        {
            Line("Graph Statistics:");
            Line(new string('-', Width));
            Line($"  {"nodes".PadRight(NameWidth)} {Number(graph.Nodes)}");
            foreach (var (label, count) in graph.NodesByLabel)
                Line($"    {label.PadRight(NameWidth - 2)} {Number(count)}");
            Line($"  {"nodes without relationships".PadRight(NameWidth)} {Number(graph.IsolatedNodes)}");
            Line($"  {"relationships".PadRight(NameWidth)} {Number(graph.Relationships)}");
            foreach (var (type, count) in graph.RelationshipsByType)
                Line($"    {type.PadRight(NameWidth - 2)} {Number(count)}");
            Line("");
        }
    }

    private static string Mark(TierStatus status) => status switch
    {
        TierStatus.Pass => "✓",
        TierStatus.Warn => "!",
        TierStatus.Fail => "✗",
        _ => "-",
    };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
