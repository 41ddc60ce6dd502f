using Grap.Bolt;
using Grap.Comparison;
using Grap.Graphs;
using Grap.Servers;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>Compares two graphs and plans how to make the one the other.</summary>
internal static class ApplyPlanning
{
    // What is worth holding in memory here, whatever the server could take.
    private const long MostBytes = 256L << 20;

    /// <summary>Makes the plan; nothing is changed.</summary>
    /// <param name="present">Production, as it was read.</param>
    /// <param name="wanted">What it is to be, as a state of the same database.</param>
    /// <param name="declared">What it is to declare.</param>
    /// <param name="production">Production itself, to be asked what it can take.</param>
    /// <param name="options">How to promote.</param>
    /// <param name="comparer">Compares.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<(ApplyPlan Plan, DifferenceChanges Changes)> MakeAsync(
        IGraphSource present, IGraphSource wanted, GraphSchema declared, Session production, ApplyOptions options,
        GraphComparer comparer, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        TransactionRoom room;
        var connection = await production.ConnectAsync(BoltAccessMode.Read, cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            room = await TransactionRoom.AskAsync(connection, production, cancellation).ConfigureAwait(false);
        var elements = await DifferencePlan.MakeAsync(
            present, wanted, Math.Min(room.MostBytes, MostBytes), comparer, progress, cancellation)
            .ConfigureAwait(false);
        var plan = ApplyPlan.Of(
            elements, present.Schema, declared, TargetCapabilities.Of(production), room.Fits(elements), options);
        return (plan, new DifferenceChanges(elements, present, wanted, comparer));
    }
}
