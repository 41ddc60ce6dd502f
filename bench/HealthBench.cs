using System.Text;
using Grap.Backups;
using Grap.Health;
using Grap.Lab.Graphs;
using Grap.Schemas;
using Grap.Verification;

namespace Grap.Bench;

/// <summary>All health checks over a large graph: with what is declared at most (a scan of every node, a rule about half of
/// them), and without anything declared.</summary>
internal static class HealthBench
{
    private const string Schema = """
        {
          "version": 1,
          "labels": {
            "Person": { "required": true, "properties": ["number", "name"] },
            "Book": { "required": true, "properties": ["number", "name"] },
            "Place": { "required": true, "properties": ["number", "name"] },
            "Thing": { "properties": ["number"] }
          },
          "relationshipTypes": { "KNOWS": { "required": true }, "WROTE": { "required": true } },
          "constraints": [{ "name": "person_number", "type": "unique", "label": "Person", "properties": ["number"] }],
          "indexes": [{ "name": "place_name", "type": "range", "label": "Place", "properties": ["name"] }],
          "rules": [
            { "name": "no person without a number", "cypher": "MATCH (n:Person) WHERE n.number IS NULL RETURN count(n)" },
            { "every": "Person", "has": "KNOWS", "severity": "warn" }
          ]
        }
        """;

    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        await using var bed = await Bed.MakeAsync(new GraphOptions(GraphName.Generated, scale.Nodes), cancellation);
        var backup = await bed.TakeAsync(
            new BackupOptions { Method = BackupMethod.Bolt }, cancellation, keep: true);
        await new Verifier().VerifyAsync(bed.Repository, backup.Id, VerificationLevel.Structure, null, cancellation);
        var declared = DeclaredSchema.Parse(Encoding.UTF8.GetBytes(Schema), "bench");
        var costs = await Cost.InTurnAsync(scale.Rounds, null,
            () => CheckAsync(bed, new HealthOptions(), cancellation),
            () => CheckAsync(bed, new HealthOptions { Schema = declared }, cancellation),
            () => CheckAsync(bed, new HealthOptions { Schema = declared, Detailed = true }, cancellation));
        Report.Line($"{"health, nothing declared",-44} {costs[0].Seconds,7:0.00} s");
        Report.Line($"{"health, declared schema and rules",-44} {costs[1].Seconds,7:0.00} s");
        Report.Line(
            $"{$"the same, detailed, {bed.Elements:N0} elements",-44} {costs[2].Seconds,7:0.00} s (2 s or less for 1,500,000)");
    }

    private static async Task CheckAsync(Bed bed, HealthOptions options, CancellationToken cancellation)
    {
        var report = await new HealthCheck(options).RunAsync(
            new HealthTarget(bed.Session.Uri, _ => Task.FromResult(bed.Session)) { Repository = bed.Repository.Path },
            cancellation);
        if (report.Status == HealthStatus.Unhealthy || report.Checks.Any(static check => check.Status == TierStatus.Skip))
            throw new InvalidOperationException(report.Text);
    }
}
