using Grap.Archives;
using Grap.Graphs;

namespace Grap.Recovery;

/// <summary>The part of a graph that a filter keeps, as it was restored: nodes by their labels, relationships by their
/// types, and only those of which both nodes were restored. Does not own the graph.</summary>
/// <param name="source">The whole graph.</param>
/// <param name="filter">What of it.</param>
/// <param name="restored">The nodes that were restored.</param>
internal sealed class SelectedElements(IGraphSource source, RestoreFilter filter, NodeIds restored) : IGraphSource
{
    public string Name => $"the part of {source.Name}";
    public GraphSchema Schema { get; } = filter.Of(source.Schema);
    public Guid? DatabaseId => source.DatabaseId;
    public int Parallelism => source.Parallelism;

    public long Count(BlockKind kind) => source.Count(kind);

    public IEnumerable<long> Ranges(BlockKind kind) => source.Ranges(kind);

    public Task ReadAsync(
        BlockKind kind, long firstId, Func<GraphPart, ValueTask> take, CancellationToken cancellation) =>
        source.ReadSelectedAsync(
            kind, firstId, node => filter.KeepsLabels(node.Labels), Keeps, take, cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool Keeps(RelationshipElement relationship) => filter.KeepsType(relationship.Type)
        && restored.TryGet(relationship.StartId, out _) && restored.TryGet(relationship.EndId, out _);
}
