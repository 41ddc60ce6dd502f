using Grap.Servers.Installations;

namespace Grap.OnlineCopy;

/// <summary>What <c>neo4j-admin database check</c> said of a stopped database.</summary>
/// <param name="Consistent">Whether it found nothing.</param>
/// <param name="Summary">What it found, in its own words and short; empty where it found nothing.</param>
/// <param name="Details">The whole report; null where it wrote none.</param>
public sealed record ConsistencyReport(bool Consistent, string Summary, string? Details)
{
    private const int MostLines = 5;

    /// <summary>Nothing found.</summary>
    internal static ConsistencyReport None { get; } = new(true, "", null);

    internal static async Task<ConsistencyReport> RunAsync(
        Neo4jAdmin admin, string database, string folder, CancellationToken cancellation)
    {
        var reports = Directory.CreateDirectory(Path.Combine(folder, "report")).FullName;
        var outcome = await admin.RunAsync(
            ["database", "check", database, "--report-path=" + reports], cancellation).ConfigureAwait(false);
        if (outcome.Succeeded)
            return None;
        var file = Directory.EnumerateFiles(reports).FirstOrDefault();
        var details = file is null
            ? null
            : await File.ReadAllTextAsync(file, cancellation).ConfigureAwait(false);
        return new ConsistencyReport(false, Summarize(details) ?? outcome.Explanation, details);
    }

    // One finding per paragraph, which begins with its level.
    private static string? Summarize(string? details)
    {
        var findings = details?.Split('\n')
            .Where(static line => line.StartsWith("ERROR", StringComparison.Ordinal)
                || line.StartsWith("WARN", StringComparison.Ordinal))
            .Select(static line => line.Trim()).ToList();
        if (findings is not { Count: > 0 })
            return null;
        var more = findings.Count > MostLines ? $" … and {findings.Count - MostLines} more." : "";
        return string.Join(" ", findings.Take(MostLines)) + more;
    }
}
