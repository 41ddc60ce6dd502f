using Grap.Archives;
using Grap.Graphs;

namespace Grap.Comparison;

/// <summary>One step of making a graph another: an element, as it is and as it is to be.</summary>
/// <param name="Id">Its id in both graphs.</param>
/// <param name="Before">Its bytes now; empty where it is to be created.</param>
/// <param name="After">Its bytes afterwards; empty where it is to be deleted.</param>
public sealed record PlannedChange(long Id, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> After);

/// <summary>What has to be done to one graph to make it another. A value: it changes nothing itself.</summary>
public sealed class DifferencePlan
{
    private readonly Dictionary<(BlockKind Kind, ChangeKind Change), List<PlannedChange>> _changes = [];

    private DifferencePlan(GraphDifference difference) => Difference = difference;

    /// <summary>The difference in numbers, and that of the schema.</summary>
    public GraphDifference Difference { get; private set; }

    /// <summary>Bytes of all changes.</summary>
    public long Bytes { get; private set; }

    /// <summary>False where the changes are more than the plan may hold, and so are not all here: they must be taken
    /// from a comparison as it goes.</summary>
    public bool IsComplete { get; private set; } = true;

    /// <summary>Nodes to create.</summary>
    public IReadOnlyList<PlannedChange> CreatedNodes => Changes(BlockKind.Nodes, ChangeKind.Added);

    /// <summary>Nodes to delete; their relationships are in <see cref="DeletedRelationships"/>.</summary>
    public IReadOnlyList<PlannedChange> DeletedNodes => Changes(BlockKind.Nodes, ChangeKind.Removed);

    /// <summary>Nodes whose labels or properties change.</summary>
    public IReadOnlyList<PlannedChange> ChangedNodes => Changes(BlockKind.Nodes, ChangeKind.Changed);

    /// <summary>Relationships to create.</summary>
    public IReadOnlyList<PlannedChange> CreatedRelationships => Changes(BlockKind.Relationships, ChangeKind.Added);

    /// <summary>Relationships to delete.</summary>
    public IReadOnlyList<PlannedChange> DeletedRelationships => Changes(BlockKind.Relationships, ChangeKind.Removed);

    /// <summary>Relationships whose properties change.</summary>
    public IReadOnlyList<PlannedChange> ChangedRelationships => Changes(BlockKind.Relationships, ChangeKind.Changed);

    /// <summary>Compares the graphs and plans how to make <paramref name="present"/> what <paramref name="wanted"/>
    /// is.</summary>
    /// <param name="present">The graph that would be changed.</param>
    /// <param name="wanted">What it is to become: a state of the same database.</param>
    /// <param name="mostBytes">Most bytes of changes to hold in memory.</param>
    /// <param name="comparer">Compares them.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="GrapException">NotSupported where the graphs are not of one database; or what comparing
    /// throws.</exception>
    public static async Task<DifferencePlan> MakeAsync(
        IGraphSource present, IGraphSource wanted, long mostBytes, GraphComparer comparer,
        IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(comparer);
        var plan = new DifferencePlan(null!);
        plan.Difference = await comparer.CompareAsync(present, wanted, change =>
        {
            plan.Add(change, mostBytes);
            return ValueTask.CompletedTask;
        }, progress, cancellation).ConfigureAwait(false);
        if (plan.Difference.Basis == ComparisonBasis.Elements)
            return plan;
        throw new GrapException(
            GrapCondition.NotSupported,
            $"{present.Name} cannot be changed into {wanted.Name}. {plan.Difference.BasisReason}",
            "Restore the backup into an empty database instead.", wanted.Name);
    }

    /// <summary>The changes of one kind.</summary>
    internal IReadOnlyList<PlannedChange> Changes(BlockKind kind, ChangeKind change) =>
        _changes.TryGetValue((kind, change), out var changes) ? changes : [];

    private void Add(ElementChange change, long mostBytes)
    {
        Bytes += change.Reference.Length + change.Difference.Length;
        if (Bytes > mostBytes)
        {
            IsComplete = false;
            _changes.Clear();
        }
        if (!IsComplete)
            return;
        if (!_changes.TryGetValue((change.Kind, change.Change), out var changes))
            _changes.Add((change.Kind, change.Change), changes = []);
        changes.Add(new PlannedChange(change.Id, change.Reference.ToArray(), change.Difference.ToArray()));
    }
}
