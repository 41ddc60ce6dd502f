using Grap.Bolt;
using Grap.Graphs;
using Grap.OnlineCopy;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Installations;

namespace Grap.Backups;

/// <summary>Opens graphs, wherever they are.</summary>
public static class GraphSources
{
    /// <summary>The graph in a backup of whatever method; a physical one is recovered in a scratch server, which ends
    /// when the source is disposed.</summary>
    /// <param name="repository">Where the backup is.</param>
    /// <param name="id">The backup.</param>
    /// <param name="scratch">Where scratch servers come from.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="GrapException">BackupNotFound, ArchiveCorrupt, …; ScratchServerUnavailable and what else stands
    /// in the way of recovering a physical one.</exception>
    public static async Task<IGraphSource> OpenAsync(
        FolderRepository repository, string id, ScratchOptions scratch, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(repository);
        var archive = repository.OpenArchive(id);
        if (archive.Manifest.Method == BackupMethod.Bolt)
            return new ArchiveGraph(archive);
        using (archive)
        {
            return await PhysicalGraph.OpenAsync(
                archive, scratch, new RecoverySteps(progress, $"Reading backup {id}").RunAsync, cancellation)
                .ConfigureAwait(false);
        }
    }

    /// <summary>The graph of a running server, which others may go on writing to.</summary>
    /// <exception cref="GrapException">What the wire reports.</exception>
    public static async Task<IGraphSource> OpenAsync(Session session, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(session);
        try
        {
            return await LiveGraph.OpenAsync(session, cancellation).ConfigureAwait(false);
        }
        catch (BoltException failure)
        {
            throw ServerFailure.From(failure, session.Uri);
        }
    }
}
