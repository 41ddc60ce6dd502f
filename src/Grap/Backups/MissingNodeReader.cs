using Grap.Archives;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Backups;

/// <summary>Reads single nodes from the server: those that relationships need and no range had.</summary>
internal sealed class MissingNodeReader(ReadingConnection line, ElementQueries queries, ProjectionFilter? filter)
{
    /// <summary>Adds those of the nodes that still exist, and are to be kept, to <paramref name="nodes"/>.</summary>
    public Task ReadAsync(long[] ids, ElementEdits nodes, CancellationToken cancellation) =>
        line.AskAsync(asked => FetchAsync(asked, ids, nodes, cancellation), cancellation);

    private async Task<int> FetchAsync(
        BoltConnection connection, long[] ids, ElementEdits nodes, CancellationToken cancellation)
    {
        var cursor = await connection.RunAsync(queries.Nodes(ids), cancellation).ConfigureAwait(false);
        await using (cursor.ConfigureAwait(false))
        {
            while (await cursor.ReadAsync(cancellation).ConfigureAwait(false))
                Keep(cursor.Record.Span, nodes);
        }
        return nodes.Added.Count;
    }

    private void Keep(ReadOnlySpan<byte> record, ElementEdits nodes)
    {
        var reader = new PackStreamReader(record);
        reader.ReadListHeader();
        var start = reader.Position;
        var id = Elements.SkipElement(ref reader, out var whole);
        var node = record[start..reader.Position];
        if (whole && filter?.Excludes(BlockKind.Nodes, node) != true)
            nodes.Added[id] = node.ToArray();
    }
}
