using Grap.Archives;
using Grap.Graphs;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>A graph taken for a state of a given database, so that it is compared with that element by element. It is
/// always right to take the ids of a graph for those of another: where they are not, only the difference is larger than
/// it need be. Owns the graph.</summary>
internal sealed class StateOfDatabase(IGraphSource graph, Guid? databaseId) : IGraphSource
{
    public string Name => graph.Name;

    public GraphSchema Schema => graph.Schema;

    public Guid? DatabaseId => databaseId;

    public GraphSummary? Summary => graph.Summary;

    public int Parallelism => graph.Parallelism;

    public long Count(BlockKind kind) => graph.Count(kind);

    public IEnumerable<long> Ranges(BlockKind kind) => graph.Ranges(kind);

    public UInt128? HashOf(BlockKind kind, long firstId) => graph.HashOf(kind, firstId);

    public Task ReadAsync(BlockKind kind, long firstId, Func<GraphPart, ValueTask> take, CancellationToken cancellation) =>
        graph.ReadAsync(kind, firstId, take, cancellation);

    public ValueTask<bool> IsOneStateAsync(CancellationToken cancellation) => graph.IsOneStateAsync(cancellation);

    public ValueTask DisposeAsync() => graph.DisposeAsync();
}
