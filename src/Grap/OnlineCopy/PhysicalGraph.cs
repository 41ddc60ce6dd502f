using Grap.Archives;
using Grap.Backups;
using Grap.Graphs;
using Grap.Servers.Installations;

namespace Grap.OnlineCopy;

/// <summary>The graph in a physical backup: recovered in a scratch server and read from there. Owns the server, which
/// ends, and leaves nothing, when this is disposed.</summary>
public sealed class PhysicalGraph : IGraphSource
{
    private readonly RecoveredDatabase _database;
    private readonly LiveGraph _graph;

    private PhysicalGraph(BackupManifest manifest, RecoveredDatabase database, LiveGraph graph)
    {
        Name = $"backup '{manifest.Id}'";
        DatabaseId = manifest.Source.DatabaseId;
        _database = database;
        _graph = graph;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public GraphSchema Schema => _graph.Schema;

    /// <summary>The database that was copied, which the scratch server knows under an id of its own.</summary>
    public Guid? DatabaseId { get; }

    /// <inheritdoc/>
    public int Parallelism => _graph.Parallelism;

    /// <summary>The transaction whose state it is; null where that is not known.</summary>
    public long? Transaction => _database.LastTransaction;

    /// <summary>Recovers the backup and begins to read. Throws what <see cref="RecoveredDatabase.RecoverAsync"/>
    /// throws. The archive is not needed any more once this returns.</summary>
    public static async Task<PhysicalGraph> OpenAsync(
        ArchiveReader archive, ScratchOptions options, RecoveryStep? step, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(archive);
        var database = await RecoveredDatabase.RecoverAsync(archive, options, step, cancellation)
            .ConfigureAwait(false);
        try
        {
            var graph = await LiveGraph.OpenAsync(database.Session, cancellation).ConfigureAwait(false);
            return new PhysicalGraph(archive.Manifest, database, graph);
        }
        catch
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public long Count(BlockKind kind) => _graph.Count(kind);

    /// <inheritdoc/>
    public IEnumerable<long> Ranges(BlockKind kind) => _graph.Ranges(kind);

    /// <inheritdoc/>
    public Task ReadAsync(BlockKind kind, long firstId, Func<GraphPart, ValueTask> take, CancellationToken cancellation) =>
        _graph.ReadAsync(kind, firstId, take, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _graph.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }
}
