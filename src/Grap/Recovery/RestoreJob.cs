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
    GraphSchema schema, TargetCapabilities target, RestoreOptions options, string cypherPrefix)
{
    public RestoreOptions Options { get; } = options;
    public RestoreFilter Filter { get; } = new(options);
    public string CypherPrefix { get; } = cypherPrefix;
    public PropertyCarrier Carrier { get; } = new(target);
    public VectorProperties NodeVectors { get; } = new(schema, nodes: true, target.NodeVectorProcedure);
    public VectorProperties RelationshipVectors { get; } =
        new(schema, nodes: false, target.RelationshipVectorProcedure);
    public NodeIds NodeIds { get; } = new();
}
