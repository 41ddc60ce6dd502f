using Grap.Archives;
using Grap.Backups;
using Grap.Comparison;
using Grap.Graphs;
using Grap.Recovery;
using Grap.Servers.Installations;

namespace Grap.Verification;

/// <summary>A logical backup is restored into an empty scratch server, and what comes out is compared with it, element
/// by element, and its schema too.</summary>
internal static class LogicalRestoreCheck
{
    // Not the one that the backup names: that may be anything.
    private const string Database = "neo4j";

    public static async Task<RestoreProof> RunAsync(ArchiveReader archive, ScratchOptions scratch, VerificationRun run)
    {
        var graph = await RestoredGraph.RestoreAsync(archive, scratch, Database, keepsFolder: false, run)
            .ConfigureAwait(false);
        await using var disposed = graph.ConfigureAwait(false);
        var proof = await CompareAsync(graph, run).ConfigureAwait(false);
        return graph.Result.NotCarried.Count == 0 ? proof : throw NotCarried(graph);
    }

    /// <summary>Compares a backup with what it was restored as. What the server could not take is no problem
    /// here.</summary>
    public static async Task<RestoreProof> CompareAsync(RestoredGraph graph, VerificationRun run)
    {
        var (original, result) = (graph.Expected, graph.Result);
        var problems = new List<string>();
        RestoredContent? content = null;
        await run.StepAsync("Compare", async _ =>
        {
            var restored = await LiveGraph.OpenAsync(graph.Session, run.Cancellation).ConfigureAwait(false);
            await using var disposed = restored.ConfigureAwait(false);
            var (differences, digest) = await new RestoredComparison(original, restored, result.NodeIds)
                .RunAsync(run.Cancellation).ConfigureAwait(false);
            problems.AddRange(differences);
            content = new RestoredContent
            {
                Counts = digest.CompleteCounts(),
                Fingerprint = digest.Fingerprint,
                Imported = result.Imported,
            };
            if (problems.Count == 0 && result.NotCarried.Count == 0)
                problems.AddRange(await FingerprintProblemsAsync(original, digest, run).ConfigureAwait(false));
            problems.AddRange(SchemaProblems(original.Schema, restored.Schema, result));
        }).ConfigureAwait(false);
        return new RestoreProof(problems, content);
    }

    // No manifest tells what a part of a backup comes to: it is read for that.
    private static async Task<IReadOnlyList<string>> FingerprintProblemsAsync(
        IGraphSource original, GraphDigest restored, VerificationRun run)
    {
        var expected = original.Summary?.Fingerprint;
        if (expected is null)
        {
            var digest = await SourceDigest.ReadAsync(original, null, run.Cancellation).ConfigureAwait(false);
            digest.CompleteCounts();
            expected = digest.Fingerprint;
        }
        return restored.Fingerprint == expected
            ? []
            : [$"The fingerprint of {original.Name} is {expected}; the restored graph's is {restored.Fingerprint}."];
    }

    private static IEnumerable<string> SchemaProblems(GraphSchema original, GraphSchema restored, RestoreResult result)
    {
        var excused = result.NotCarried.Select(static n => n.Name.Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        return SchemaComparison.Compare(original, restored).Where(d => !excused.Contains(d.Name)).Select(static d =>
            $"{d.Name} is declared as {d.Reference ?? "nothing"}; restored it is {d.Difference ?? "not there"}.");
    }

    // A server that cannot hold all of a backup proves nothing of what it cannot hold.
    private static GrapException NotCarried(RestoredGraph graph) => new(
        GrapCondition.VerificationUnavailable,
        $"The scratch server, Neo4j {graph.Installation.Version}, could not take all of it: "
        + string.Join(" ", graph.Result.NotCarried),
        "Unpack the version that the backup was taken from and set NEO4J_HOME to its folder.",
        graph.Installation.Version);
}
