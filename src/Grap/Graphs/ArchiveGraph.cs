using System.Buffers.Binary;
using System.IO.Hashing;
using Grap.Archives;
using Grap.Backups;

namespace Grap.Graphs;

/// <summary>The graph in a logical archive. Owns the archive.</summary>
public sealed class ArchiveGraph : IGraphSource
{
    private readonly ArchiveReader _archive;
    private readonly ILookup<(BlockKind Kind, long FirstId), BlockEntry> _blocks;

    /// <summary>Takes over an open archive.</summary>
    public ArchiveGraph(ArchiveReader archive)
    {
        ArgumentNullException.ThrowIfNull(archive);
        _archive = archive;
        _blocks = archive.Blocks.ToLookup(static block => (block.Key.Kind, block.Key.FirstId));
    }

    /// <inheritdoc/>
    public string Name => $"backup '{_archive.Manifest.Id}'";

    /// <inheritdoc/>
    public GraphSchema Schema => _archive.Manifest.Schema;

    /// <inheritdoc/>
    public Guid? DatabaseId => _archive.Manifest.Source.DatabaseId;

    /// <inheritdoc/>
    public GraphSummary? Summary => _archive.Manifest.Fingerprint is { } fingerprint
        ? new GraphSummary(_archive.Manifest.Counts, fingerprint)
        : null;

    /// <inheritdoc/>
    public int Parallelism => Environment.ProcessorCount;

    /// <inheritdoc/>
    public long Count(BlockKind kind) => kind == BlockKind.Nodes
        ? _archive.Manifest.Counts.Nodes
        : _archive.Manifest.Counts.Relationships;

    /// <inheritdoc/>
    public IEnumerable<long> Ranges(BlockKind kind) =>
        _archive.Blocks.Where(block => block.Key.Kind == kind).Select(static block => block.Key.FirstId).Distinct();

    /// <summary>The XXH128 of the hashes and lengths of the range's blocks, as the archive's index tells them: no block is
    /// read.</summary>
    public UInt128? HashOf(BlockKind kind, long firstId)
    {
        var hash = new XxHash128();
        Span<byte> block = stackalloc byte[20];
        foreach (var entry in _blocks[(kind, firstId)])
        {
            BinaryPrimitives.WriteUInt128LittleEndian(block, entry.RawHash);
            BinaryPrimitives.WriteInt32LittleEndian(block[16..], entry.RawLength);
            hash.Append(block);
        }
        return hash.GetCurrentHashAsUInt128();
    }

    /// <inheritdoc/>
    public async Task ReadAsync(BlockKind kind, long firstId, Func<GraphPart, ValueTask> take, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(take);
        using var room = BlockRoom.Rent();
        foreach (var block in _blocks[(kind, firstId)])
        {
            cancellation.ThrowIfCancellationRequested();
            _archive.ReadBlock(block, room.Content, room.Layout);
            await take(new GraphPart(block.Key, room.Content.WrittenMemory) { Layout = room.Layout })
                .ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsOneStateAsync(CancellationToken cancellation) =>
        new(_archive.Manifest.Exactness == Exactness.Exact);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _archive.Dispose();
        return ValueTask.CompletedTask;
    }
}
