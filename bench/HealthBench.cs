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
        var costs = await Cost.InTurnAsync(scale.Rounds, bed.Server.ProcessId,
            () => CheckAsync(bed, new HealthOptions(), cancellation),
            () => CheckAsync(bed, new HealthOptions { Schema = declared }, cancellation),
            () => CheckAsync(bed, new HealthOptions { Schema = declared, Detailed = true }, cancellation));
        Report.Way("health, nothing declared", costs[0], bed.Elements, "elements");
        Report.Way("health, declared schema and rules", costs[1], bed.Elements, "elements");
        Report.Way("the same, detailed", costs[2], bed.Elements, "elements");
        Report.Figure("detailed health", costs[2].Seconds, "s", "2 or less for 1,500,000 elements");
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
