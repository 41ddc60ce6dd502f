using Grap.Archives;
using Grap.Backups;
using Grap.Graphs;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Installations;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>An exact reading of production, as a graph that can be gone through as often as need be. Where it is not
/// the safety backup, it is gone when this is disposed.</summary>
internal sealed class LiveReading : IAsyncDisposable
{
    private const string Id = "reading";

    private readonly ServerFolder? _folder;

    private LiveReading(ArchiveReader archive, ServerFolder? folder)
    {
        _folder = folder;
        Manifest = archive.Manifest;
        Graph = new ArchiveGraph(archive);
    }

    /// <summary>What is said of it.</summary>
    public BackupManifest Manifest { get; }

    /// <summary>The graph.</summary>
    public ArchiveGraph Graph { get; }

    /// <summary>The transaction whose state it is.</summary>
    public long Transaction => Manifest.Transactions!.Last;

    /// <summary>Opens a backup that was just taken.</summary>
    public static LiveReading Of(FolderRepository repository, Backup backup) =>
        new(repository.OpenArchive(backup.Id), null);

    /// <summary>Reads production into a folder of its own, which is removed as a scratch server's is.</summary>
    public static async Task<LiveReading> TakeAsync(
        Session session, ScratchOptions scratch, TimeProvider time, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        var folder = ServerFolder.Create(scratch.ParentFolder ?? ServerFolder.DefaultParent(), keep: false, time);
        try
        {
            var repository = FolderRepository.Open(Path.Combine(folder.Path, Id), create: true);
            await new BackupTaker(time, scratch: scratch).TakeAsync(session, repository, new BackupOptions
            {
                Id = Id,
                Method = BackupMethod.Bolt,
                RequireExact = true,
                // What it is read for holds writers up longer.
                MaxBytesPerSecond = 0,
            }, progress, cancellation).ConfigureAwait(false);
            return new LiveReading(repository.OpenArchive(Id), folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Graph.DisposeAsync().ConfigureAwait(false);
        _folder?.Dispose();
    }
}
