using Grap.Archives;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Verification;

namespace Grap.Recovery.Staging;

/// <summary>A logical backup in staging.</summary>
internal sealed class StagedGraph : IStagedBackup
{
    private readonly RestoredGraph _graph;

    private StagedGraph(RestoredGraph graph) => _graph = graph;

    public Session Session => _graph.Session;

    // Under production's name for the database, so that its folders can take the place of production's.
    public static async Task<StagedGraph> RestoreAsync(
        ArchiveReader archive, RecoveredPart? part, ScratchOptions staging, VerificationRun run)
    {
        var graph = await RestoredGraph.RestoreAsync(
            archive, staging, archive.Manifest.Source.Database, keepsFolder: true, run, part).ConfigureAwait(false);
        try
        {
            // Transactions that are committed are on the disk.
            new StagingNote
            {
                ArchiveId = archive.Manifest.ArchiveId,
                Part = part?.ToString(),
                Folder = graph.FolderName,
                ServerVersion = graph.Installation.Version,
                Edition = graph.Installation.EditionName,
                NotCarried = graph.Result.NotCarried,
            }.Write(staging.ParentFolder!, graph.Result.NodeIds, new DiskFileSystem());
            return new StagedGraph(graph);
        }
        catch
        {
            await graph.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Goes on with one that is restored.</summary>
    public static async Task<StagedGraph> ResumeAsync(
        ArchiveReader archive, RecoveredPart? part, ScratchOptions staging, StagingNote note, NodeIds ids,
        VerificationRun run) =>
        new(await RestoredGraph.ResumeAsync(archive, staging, note, ids, run, part).ConfigureAwait(false));

    public async Task<StagedCheck> CheckAsync(VerificationRun run)
    {
        var proof = await LogicalRestoreCheck.CompareAsync(_graph, run).ConfigureAwait(false);
        return new StagedCheck(
        [
            .. _graph.Result.NotCarried.Select(
                lost => $"Staging, Neo4j {_graph.Installation.Version}, cannot hold {lost}"),
            .. proof.Problems,
        ], proof.Content);
    }

    public Task KeepRunningAsync(CancellationToken cancellation) => _graph.KeepRunningAsync(cancellation);

    public ValueTask DisposeAsync() => _graph.DisposeAsync();
}
