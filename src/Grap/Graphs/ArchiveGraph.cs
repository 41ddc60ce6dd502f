using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Hashing;
using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;

namespace Grap.Graphs;

/// <summary>The graph in a logical archive. Owns the archive.</summary>
public sealed class ArchiveGraph : IGraphSource
{
    private readonly ArchiveReader _archive;
    private readonly ILookup<(BlockKind Kind, long FirstId), BlockEntry> _blocks;
    private readonly ConcurrentBag<NativeBuffer> _buffers = [];

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
    public async Task ReadAsync(BlockKind kind, long firstId, GraphPart part, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(part);
        if (!_buffers.TryTake(out var buffer))
            buffer = new NativeBuffer();
        try
        {
            foreach (var block in _blocks[(kind, firstId)])
            {
                cancellation.ThrowIfCancellationRequested();
                _archive.ReadBlock(block, buffer);
                await part(block.Key, buffer.WrittenMemory).ConfigureAwait(false);
            }
        }
        finally
        {
            _buffers.Add(buffer);
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsOneStateAsync(CancellationToken cancellation) =>
        new(_archive.Manifest.Exactness == Exactness.Exact);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        while (_buffers.TryTake(out var buffer))
            ((IDisposable)buffer).Dispose();
        _archive.Dispose();
        return ValueTask.CompletedTask;
    }
}
