using Grap.Health;
using Xunit;

namespace Grap.Tests.Unit.Health;

/// <summary>What people and monitoring read, to the byte.</summary>
public sealed class HealthReportTests
{
    private static readonly HealthReport s_guide = new()
    {
        Timestamp = new DateTimeOffset(2024, 1, 15, 10, 30, 0, 900, TimeSpan.Zero),
        Address = "bolt://localhost:7687",
        Checks =
        [
            Tier(HealthTier.Connectivity, "Neo4j is reachable and responding to queries", 45),
            Tier(HealthTier.SchemaConsistency, "All graph nodes and relationships conform to schema", 125),
            Tier(HealthTier.OrphanDetection, "No orphaned relationships found", 890),
        ],
        Duration = TimeSpan.FromSeconds(2),
    };

    [Fact]
    public void The_text_is_the_operator_guides()
    {
        Assert.Equal("""
            ============================================================
            Neo4j Health Check Report
            Timestamp: 2024-01-15T10:30:00Z
            Status: HEALTHY
            ============================================================

            Health Checks:
            ------------------------------------------------------------
              ✓ connectivity                  [pass]
                Message: Neo4j is reachable and responding to queries
                Duration: 45ms

              ✓ schema_consistency            [pass]
                Message: All graph nodes and relationships conform to schema
                Duration: 125ms

              ✓ orphan_detection              [pass]
                Message: No orphaned relationships found
                Duration: 890ms

            ============================================================
            """.ReplaceLineEndings("\n"), s_guide.Text);
    }

    [Fact]
    public void The_document_is_the_operator_guides()
    {
        var report = s_guide with
        {
            Statistics = new GraphStatistics
            {
                Nodes = 1523, Relationships = 4891, IsolatedNodes = 3,
                NodesByLabel = new SortedDictionary<string, long> { ["Größe"] = 1523 },
            },
        };
        Assert.Equal("""
            {
              "status": "healthy",
              "timestamp": "2024-01-15T10:30:00Z",
              "checks": {
                "connectivity": {
                  "status": "pass",
                  "duration_ms": 45,
                  "message": "Neo4j is reachable and responding to queries"
                },
                "schema_consistency": {
                  "status": "pass",
                  "duration_ms": 125,
                  "message": "All graph nodes and relationships conform to schema"
                },
                "orphan_detection": {
                  "status": "pass",
                  "duration_ms": 890,
                  "message": "No orphaned relationships found"
                }
              },
              "graph_stats": {
                "node_count": 1523,
                "relationship_count": 4891,
                "isolated_node_count": 3,
                "nodes_by_label": {
                  "Größe": 1523
                },
                "relationships_by_type": {}
              }
            }
            """.ReplaceLineEndings("\n"), report.ToJson());
    }

    [Theory]
    [InlineData(TierStatus.Pass, HealthStatus.Healthy, 0, "✓")]
    [InlineData(TierStatus.Skip, HealthStatus.Healthy, 0, "-")]
    [InlineData(TierStatus.Warn, HealthStatus.Degraded, 1, "!")]
    [InlineData(TierStatus.Fail, HealthStatus.Unhealthy, 2, "✗")]
    public void The_worst_check_counts(TierStatus worst, HealthStatus status, int exitCode, string mark)
    {
        var report = s_guide with
        {
            Checks = [s_guide.Checks[0], s_guide.Checks[1] with { Status = worst, Findings = ["One.", "Two."] }],
        };
        Assert.Equal((status, exitCode), (report.Status, report.ExitCode));
        Assert.Contains($"Status: {status.ToString().ToUpperInvariant()}\n", report.Text, StringComparison.Ordinal);
        Assert.Contains($"  {mark} schema_consistency", report.Text, StringComparison.Ordinal);
        Assert.Contains("      - One.\n      - Two.\n", report.Text, StringComparison.Ordinal);
        Assert.Contains("\"findings\": [\n", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_could_not_be_counted_is_told()
    {
        var report = s_guide with { StatisticsProblem = "Not done within 30 s." };
        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Contains("Graph Statistics: not counted. Not done within 30 s.\n", report.Text, StringComparison.Ordinal);
        Assert.Contains("  \"graph_stats_problem\": \"Not done within 30 s.\"\n}", report.ToJson(), StringComparison.Ordinal);
    }

    private static HealthTier Tier(string name, string message, int milliseconds) => new()
    {
        Name = name,
        Status = TierStatus.Pass,
        Message = message,
        Duration = TimeSpan.FromMilliseconds(milliseconds),
        Limit = TimeSpan.FromSeconds(5),
    };
}
