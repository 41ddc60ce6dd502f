using System.Globalization;
using System.Text.RegularExpressions;
using Grap.Servers.Installations;

namespace Grap.OnlineCopy;

/// <summary>What <c>neo4j-admin database check</c> said of a stopped database.</summary>
/// <param name="Consistent">Whether it found nothing.</param>
/// <param name="Summary">What it found, in its own words and short; empty where it found nothing.</param>
/// <param name="Details">The whole report; null where it wrote none.</param>
public sealed partial record ConsistencyReport(bool Consistent, string Summary, string? Details)
{
    private const int MostFindings = 5;

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
        if (outcome.Obstacle($"check database '{database}'") is { } obstacle)
            throw obstacle;
        var file = Directory.EnumerateFiles(reports).FirstOrDefault();
        var details = file is null
            ? null
            : await File.ReadAllTextAsync(file, cancellation).ConfigureAwait(false);
        var summary = Summarize(details?.Split('\n') ?? outcome.Lines);
        return new ConsistencyReport(false, summary.Length > 0 ? summary : outcome.Explanation, details);
    }

    // A finding begins with its level, in the report as on the screen, and names the records in the lines that follow.
    // The same is found again and again where a page is damaged, so each is told once.
    private static string Summarize(IEnumerable<string> lines)
    {
        var findings = lines.Select(static line => Finding().Match(line)).Where(static match => match.Success)
            .GroupBy(static match => match.Groups["what"].Value.TrimEnd('.'), StringComparer.Ordinal)
            .OrderByDescending(static group => group.Count()).ToList();
        var told = findings.Take(MostFindings).Select(static group =>
            string.Create(CultureInfo.InvariantCulture, $"{group.Key} ({group.Count()} times)"));
        var more = findings.Count > MostFindings
            ? string.Create(CultureInfo.InvariantCulture, $"; and {findings.Count - MostFindings} other findings")
            : "";
        return string.Join("; ", told) + more;
    }

    [GeneratedRegex(
        @"\b(ERROR|WARN)\b:?\s*(\[[^\]]*\]\s*)?(?<what>\S.*)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Finding();
}
