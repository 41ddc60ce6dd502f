using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Recovery;

/// <summary>One writer's way from the source's nodes to transactions: grouped by label set, since labels cannot be
/// parameters on all servers.</summary>
internal sealed class NodeWriting(RestoreJob job, TransactionWriter writer) : IRangeWriting
{
    private readonly LabelQueries _queries = new(job, nodes: true);
    private readonly ushort[] _offsets = new ushort[BlockKey.RangeLength];
    private readonly ulong[] _restored = new ulong[BlockKey.RangeLength];

    /// <inheritdoc/>
    public async ValueTask TakeAsync(BlockKey key, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var (position, count) = (0, 0);
        while (position < content.Length)
        {
            using var batch = new WriteBatch();
            Fill(batch, content.Span, key.FirstId, ref position, ref count);
            if (batch.Groups.Count == 0)
                continue;
            await writer.WriteAsync(BlockKind.Nodes, batch, cancellation).ConfigureAwait(false);
            foreach (var (row, id) in batch.Created)
                _restored[row] = (ulong)id;
        }
        job.NodeIds.Add(key, _offsets.AsSpan(0, count), _restored.AsSpan(0, count));
    }

    /// <inheritdoc/>
    public ValueTask CompleteAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

    private void Fill(WriteBatch batch, ReadOnlySpan<byte> content, long firstId, ref int position, ref int count)
    {
        var reader = new PackStreamReader(content[position..]);
        var (elements, bytes) = (0, 0);
        while (!reader.AtEnd && elements < job.Options.BatchElements && bytes < job.Options.BatchBytes)
        {
            var node = NodeElement.Read(content[position..], ref reader);
            var query = _queries.Of(node.Labels);
            if (query is null)
                continue;
            job.AddRow(batch, query, [count], node.Properties);
            _offsets[count++] = (ushort)(node.Id - firstId);
            elements++;
            bytes += node.Properties.Length;
        }
        position += reader.Position;
    }
}
