using Grap.Graphs;
using Grap.Health;
using Grap.Schemas;
using Grap.Servers;

namespace Grap.Recovery.Staging;

/// <summary>What a restored graph has against a declared schema, as health checks would find it in production.</summary>
/// <param name="Problems">What stands against promoting it, each as a sentence.</param>
/// <param name="Remarks">Rules that only warn, each as a sentence.</param>
public sealed record StagingConformance(IReadOnlyList<string> Problems, IReadOnlyList<string> Remarks)
{
    private const string Prefix = "Declared schema: ";

    /// <summary>Whether an error of a validation is one of these.</summary>
    public static bool IsOne(string error) =>
        error?.StartsWith(Prefix, StringComparison.Ordinal) ?? throw new ArgumentNullException(nameof(error));

    /// <summary>Asks. There is no limit of time, since a scan of a large graph takes what it takes.</summary>
    internal static async Task<StagingConformance> FindAsync(
        DeclaredSchema declared, Session staging, CancellationToken cancellation)
    {
        var (failures, warnings) = (new List<string>(), new List<string>());
        var connection = await TierConnection.OpenAsync(staging, null, cancellation).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var live = await SchemaReader.ReadAsync(connection.Connection, staging, cancellation).ConfigureAwait(false);
        var names = declared.Constraints.Select(static constraint => constraint.Name)
            .Concat(declared.Indexes.Select(static index => index.Name)).ToHashSet(StringComparer.Ordinal);
        failures.AddRange(SchemaTier.FailedAmong(live.Indexes.Where(index => names.Contains(index.Name))));
        var conformance = new DeclaredConformance(declared, connection, failures, warnings);
        await conformance.CheckSchemaAsync(live, cancellation).ConfigureAwait(false);
        await conformance.CheckRulesAsync(cancellation).ConfigureAwait(false);
        return new StagingConformance(Sentences(failures), Sentences(warnings));
    }

    private static List<string> Sentences(IEnumerable<string> findings) =>
        [.. findings.Select(static finding => $"{Prefix}{finding.TrimEnd('.')}.")];
}
