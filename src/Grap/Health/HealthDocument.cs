using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Grap.Health;

/// <summary>Writes a report as monitoring reads it. Names and their order never change; later versions add at the
/// end.</summary>
internal static class HealthDocument
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write(HealthReport report)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_options))
        {
            json.WriteStartObject();
            json.WriteString("status", report.Status.ToString().ToLowerInvariant());
            json.WriteString("timestamp", Time(report.Timestamp));
            json.WriteStartObject("checks");
            foreach (var check in report.Checks)
                Write(json, check);
            json.WriteEndObject();
            if (report.Statistics is { } statistics)
                Write(json, statistics);
            if (report.StatisticsProblem is { } problem)
                json.WriteString("graph_stats_problem", problem);
            json.WriteEndObject();
        }
        // Byte for byte the same on every system.
        return Encoding.UTF8.GetString(bytes.ToArray()).ReplaceLineEndings("\n");
    }

    /// <summary>A moment to the second, as <c>2024-01-15T10:30:00Z</c>.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary><c>pass</c>, <c>warn</c>, <c>fail</c> or <c>skip</c>.</summary>
    public static string Word(TierStatus status) => status.ToString().ToLowerInvariant();

    public static long Milliseconds(TimeSpan duration) => (long)Math.Round(duration.TotalMilliseconds);

    private static void Write(Utf8JsonWriter json, HealthTier check)
    {
        json.WriteStartObject(check.Name);
        json.WriteString("status", Word(check.Status));
        json.WriteNumber("duration_ms", Milliseconds(check.Duration));
        json.WriteString("message", check.Message);
        if (check.Findings.Count > 0)
        {
            json.WriteStartArray("findings");
            foreach (var finding in check.Findings)
                json.WriteStringValue(finding);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, GraphStatistics statistics)
    {
        json.WriteStartObject("graph_stats");
        json.WriteNumber("node_count", statistics.Nodes);
        json.WriteNumber("relationship_count", statistics.Relationships);
        json.WriteNumber("isolated_node_count", statistics.IsolatedNodes);
        Write(json, "nodes_by_label", statistics.NodesByLabel);
        Write(json, "relationships_by_type", statistics.RelationshipsByType);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, long> counts)
    {
        json.WriteStartObject(name);
        foreach (var (key, count) in counts)
            json.WriteNumber(key, count);
        json.WriteEndObject();
    }
}
