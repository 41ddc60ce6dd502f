using Grap.Archives;
using Grap.Backups;
using Grap.Comparison;
using Grap.Graphs;
using Grap.Recovery;
using Grap.Servers;
using Grap.Servers.Installations;

namespace Grap.Verification;

/// <summary>A logical backup is restored into an empty scratch server, and what comes out is compared with it, element
/// by element, and its schema too.</summary>
internal static class LogicalRestoreCheck
{
    public static async Task<RestoreProof> RunAsync(ArchiveReader archive, ScratchOptions scratch, VerificationRun run)
    {
        var source = archive.Manifest.Source;
        var installation = new InstallationSearch(scratch).FindNearest(source.ServerVersion, source.Edition);
        LocalServer? server = null;
        await run.StepAsync("Start", async _ => server = await LocalServer.StartAsync(
            installation, new LocalServerOptions
            {
                ParentFolder = scratch.ParentFolder,
                Time = scratch.Time,
                Environment = scratch.Environment,
            }, run.Cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        await using var stopped = server!.ConfigureAwait(false);
        var session = await Session.OpenAsync(
            new SessionOptions(server!.Address, server.Authentication) { Database = "neo4j" }, run.Cancellation)
            .ConfigureAwait(false);
        await using var closed = session.ConfigureAwait(false);
        // Not disposed: the archive belongs to whoever opened it.
        return await RunAsync(new ArchiveGraph(archive), session, installation, run).ConfigureAwait(false);
    }

    private static async Task<RestoreProof> RunAsync(
        ArchiveGraph original, Session session, Neo4jInstallation installation, VerificationRun run)
    {
        var result = await RestoreAsync(original, session, run).ConfigureAwait(false);
        var proof = await CompareAsync(original, session, result, run).ConfigureAwait(false);
        return result.NotCarried.Count == 0 ? proof : throw NotCarried(result, installation);
    }

    /// <summary>Restores all of a backup into the session's database, which must be empty.</summary>
    public static async Task<RestoreResult> RestoreAsync(ArchiveGraph original, Session session, VerificationRun run)
    {
        RestoreResult? result = null;
        await run.StepAsync("Restore", async progress => result = await new GraphRestorer().RestoreAsync(
            original, session, new RestoreOptions(), new Fractions(progress), run.Cancellation)
            .ConfigureAwait(false)).ConfigureAwait(false);
        return result!;
    }

    /// <summary>Compares a backup with what it was restored as. What the server could not take is no problem
    /// here.</summary>
    public static async Task<RestoreProof> CompareAsync(
        ArchiveGraph original, Session session, RestoreResult result, VerificationRun run)
    {
        var problems = new List<string>();
        RestoredContent? content = null;
        await run.StepAsync("Compare", async _ =>
        {
            var restored = await LiveGraph.OpenAsync(session, run.Cancellation).ConfigureAwait(false);
            await using var disposed = restored.ConfigureAwait(false);
            var (differences, digest) = await new RestoredComparison(original, restored, result.NodeIds)
                .RunAsync(run.Cancellation).ConfigureAwait(false);
            problems.AddRange(differences);
            content = new RestoredContent { Counts = digest.CompleteCounts(), Fingerprint = digest.Fingerprint };
            var summary = original.Summary!;
            if (problems.Count == 0 && result.NotCarried.Count == 0 && digest.Fingerprint != summary.Fingerprint)
                problems.Add($"The backup's fingerprint is {summary.Fingerprint}; the restored graph's is {digest.Fingerprint}.");
            problems.AddRange(SchemaProblems(original.Schema, restored.Schema, result));
        }).ConfigureAwait(false);
        return new RestoreProof(problems, content);
    }

    private static IEnumerable<string> SchemaProblems(GraphSchema original, GraphSchema restored, RestoreResult result)
    {
        var excused = result.NotCarried.Select(static n => n.Name.Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        return SchemaComparison.Compare(original, restored).Where(d => !excused.Contains(d.Name)).Select(static d =>
            $"{d.Name} is declared as {d.Reference ?? "nothing"}; restored it is {d.Difference ?? "not there"}.");
    }

    // A server that cannot hold all of a backup proves nothing of what it cannot hold.
    private static GrapException NotCarried(RestoreResult result, Neo4jInstallation installation) => new(
        GrapCondition.VerificationUnavailable,
        $"The scratch server, Neo4j {installation.Version}, could not take all of it: "
        + string.Join(" ", result.NotCarried),
        "Unpack the version that the backup was taken from and set NEO4J_HOME to its folder.", installation.Version);

    private sealed class Fractions(IProgress<double> progress) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value)
        {
            if (value.Fraction is { } fraction)
                progress.Report(fraction);
        }
    }
}
