using Grap.Archives;
using Grap.Comparison;
using Grap.Graphs;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>The changes of a difference, as often as they are needed: from memory where the plan holds them all, and
/// else from another comparison of the same two graphs, neither of which changes.</summary>
internal sealed class DifferenceChanges(
    DifferencePlan plan, IGraphSource present, IGraphSource wanted, GraphComparer comparer)
{
    /// <summary>Passes on every change of one kind, one at a time.</summary>
    public async Task ForEachAsync(
        BlockKind kind, ChangeKind wantedChange, Func<PlannedChange, ValueTask> take, CancellationToken cancellation)
    {
        if (plan.IsComplete)
        {
            foreach (var change in plan.Changes(kind, wantedChange))
                await take(change).ConfigureAwait(false);
            return;
        }
        await comparer.CompareAsync(present, wanted, change => change.Kind == kind && change.Change == wantedChange
            ? take(new PlannedChange(change.Id, change.Reference, change.Difference))
            : ValueTask.CompletedTask, null, cancellation).ConfigureAwait(false);
    }
}
