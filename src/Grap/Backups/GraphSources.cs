using Grap.Bolt;
using Grap.Graphs;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>Opens graphs, wherever they are.</summary>
public static class GraphSources
{
    /// <summary>The graph in a logical backup.</summary>
    /// <exception cref="GrapException">BackupNotFound, ArchiveCorrupt, …; NotSupported for a physical
    /// backup.</exception>
    public static IGraphSource Open(FolderRepository repository, string id)
    {
        ArgumentNullException.ThrowIfNull(repository);
        var archive = repository.OpenArchive(id);
        if (archive.Manifest.Method == BackupMethod.Bolt)
            return new ArchiveGraph(archive);
        archive.Dispose();
        throw new GrapException(
            GrapCondition.NotSupported, $"Backup {id} is a physical one, which cannot be read as a graph here yet.",
            "Use logical backups (New-GrapBackup -Method Bolt).", id);
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
