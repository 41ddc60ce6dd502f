using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Repositories;

namespace Grap.Tests.Torture.OnlineCopy.Controls;

/// <summary>A copy that cannot be good, for a test that shows that its proof finds it.</summary>
public static class ControlCopy
{
    // Two: the first may have begun before the pages were copied.
    private const int Checkpoints = 2;

    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(20);

    /// <summary>Copies the pages of a server that is written to, waits until it has completed checkpoints, copies the
    /// newest of them and the logs from there on, and publishes that.</summary>
    /// <param name="dataFolder">The running server's data folder; the database is <c>neo4j</c>.</param>
    /// <param name="repository">Where.</param>
    /// <param name="right">The id of a right copy of the same database, which lends its manifest.</param>
    /// <param name="id">The id of the wrong one.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task PublishAsync(
        string dataFolder, FolderRepository repository, string right, string id, CancellationToken cancellation)
    {
        BackupManifest manifest;
        using (var archive = repository.OpenArchive(right))
            manifest = archive.Manifest;
        var files = new DatabaseFiles("neo4j", dataFolder);
        using var held = repository.Lock("control", cancellation);
        using var pending = repository.Begin(id, held);
        var writer = new PieceWriter(pending.Archive, compressionLevel: 0, new ByteRate(0, TimeProvider.System));
        var copy = await WrongOrder.CheckpointAfterPagesAsync(
            files, writer, () => WaitForCheckpointsAsync(files, cancellation), cancellation);
        copy.Publish(pending, manifest, writer, cancellation);
    }

    private static async Task WaitForCheckpointsAsync(DatabaseFiles files, CancellationToken cancellation)
    {
        var last = Checkpoint.FindNewest(files).Place;
        for (var seen = 0; seen < Checkpoints;)
        {
            await Task.Delay(s_lookEvery, cancellation);
            var place = Checkpoint.FindNewest(files).Place;
            if (place != last)
                seen++;
            last = place;
        }
    }
}
