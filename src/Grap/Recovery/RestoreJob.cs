using Grap.Archives;
using Grap.Graphs;

namespace Grap.Recovery;

/// <summary>Takes the elements of a source, part by part.</summary>
internal interface IRangeWriting
{
    /// <summary>Takes one part; its memory is valid until the call has returned.</summary>
    ValueTask TakeAsync(BlockKey key, ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Writes what is still held, after the last part.</summary>
    ValueTask CompleteAsync(CancellationToken cancellation);
}

/// <summary>What the writers of one restore share.</summary>
internal sealed class RestoreJob(
    GraphSchema schema, TargetCapabilities target, RestoreOptions options, string cypherPrefix, NodeIds nodeIds)
{
    public RestoreOptions Options { get; } = options;
    public RestoreFilter Filter { get; } = new(options);
    public string CypherPrefix { get; } = cypherPrefix;
    public PropertyCarrier Carrier { get; } = new(target);
    public VectorProperties NodeVectors { get; } = new(schema, nodes: true, target.NodeVectorProcedure);
    public VectorProperties RelationshipVectors { get; } =
        new(schema, nodes: false, target.RelationshipVectorProcedure);
    public NodeIds NodeIds { get; } = nodeIds;

    /// <summary>Adds a row <c>[ids…, properties]</c> for a query, or <c>[ids…, properties, keys]</c> where some values
    /// are to be stored again as 32-bit floats.</summary>
    public void AddRow(
        RowGroup rows, ReadOnlySpan<long> ids, ReadOnlySpan<byte> properties, IReadOnlyCollection<string> vectors)
    {
        var row = rows.BeginRow();
        row.WriteListHeader(ids.Length + (vectors.Count > 0 ? 2 : 1));
        foreach (var id in ids)
            row.Write(id);
        Carrier.Write(row, properties);
        if (vectors.Count > 0)
            row.WriteValue(vectors);
        rows.EndRow();
    }

    /// <summary>Adds such a row for the query that creates an element.</summary>
    public void AddRow(WriteBatch batch, LabelQuery query, ReadOnlySpan<long> ids, ReadOnlySpan<byte> properties)
    {
        var vectors = query.FindVectors(properties);
        AddRow(batch.For(vectors.Count > 0 ? query.WithVectors : query.Plain), ids, properties, vectors);
    }
}
