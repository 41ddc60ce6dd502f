using System.Globalization;
using Grap.Archives;
using Grap.Graphs;

namespace Grap.Comparison;

/// <summary>Finds what differs between two graphs, in one pass over both.</summary>
public sealed class GraphComparer
{
    private static readonly TimeSpan s_progressEvery = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider _time;

    /// <summary>Creates a comparer.</summary>
    public GraphComparer(TimeProvider? time = null) => _time = time ?? TimeProvider.System;

    /// <summary>
    /// Compares two states of one database element by element, and any other two graphs by counts and fingerprint. Ranges
    /// whose hashes are known, and equal, are not read (<see cref="IGraphSource.HashOf"/>). Memory: a part of each side for
    /// every range that is read at once; by fingerprint 8 to 10 bytes a node where one is not known.
    /// </summary>
    /// <param name="reference">The graph that counts as given.</param>
    /// <param name="difference">The graph that it is compared with.</param>
    /// <param name="changed">Told every element that differs, where they are compared element by element; null for
    /// nobody.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="GrapException">A side is damaged, or cannot be reached any more.</exception>
    public async Task<GraphDifference> CompareAsync(
        IGraphSource reference, IGraphSource difference, ElementChanged? changed, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(difference);
        var began = _time.GetTimestamp();
        var result = WhyNotByElements(reference, difference) is { } reason
            ? await ByFingerprintAsync(reference, difference, reason, progress, cancellation).ConfigureAwait(false)
            : await ByElementsAsync(reference, difference, changed, progress, cancellation).ConfigureAwait(false);
        return await CompleteAsync(result, reference, difference, began, cancellation).ConfigureAwait(false);
    }

    /// <summary>Says of two states of one database whether only ids differ: where as many elements came as went, counts and
    /// fingerprint are compared too. A fingerprint that is not known takes another reading of that side.</summary>
    /// <param name="found">What <see cref="CompareAsync"/> found.</param>
    /// <param name="reference">The graph that counts as given.</param>
    /// <param name="difference">The graph that it was compared with.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The same, with a <see cref="GraphDifference.Remark"/> where there is one.</returns>
    public static async Task<GraphDifference> ExplainAsync(
        GraphDifference found, IGraphSource reference, IGraphSource difference, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(difference);
        if (!MayBeMadeAnew(found))
            return found;
        var before = await SummarizeAsync(reference, progress, cancellation).ConfigureAwait(false);
        var after = await SummarizeAsync(difference, progress, cancellation).ConfigureAwait(false);
        return before.Fingerprint == after.Fingerprint ? found with { Remark = MadeAnew(found) } : found;
    }

    /// <summary>Compares two graphs by counts and fingerprint, whatever their ids: a state of a database whose elements
    /// were made anew, and so have other ids there, is equal to the one that they were made from.</summary>
    /// <exception cref="GrapException">A side is damaged, or cannot be reached any more.</exception>
    public async Task<GraphDifference> CompareContentAsync(
        IGraphSource reference, IGraphSource difference, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(difference);
        var began = _time.GetTimestamp();
        var result = await ByFingerprintAsync(
            reference, difference, "Content was to be compared, whatever the ids.", progress, cancellation)
            .ConfigureAwait(false);
        return await CompleteAsync(result, reference, difference, began, cancellation).ConfigureAwait(false);
    }

    private async Task<GraphDifference> CompleteAsync(
        GraphDifference result, IGraphSource reference, IGraphSource difference, long began,
        CancellationToken cancellation)
    {
        var schema = SchemaComparison.Compare(reference.Schema, difference.Schema);
        return result with
        {
            Equal = result.Equal && schema.Count == 0,
            SameContent = result.Equal,
            Schema = schema,
            Exact = await reference.IsOneStateAsync(cancellation).ConfigureAwait(false)
                & await difference.IsOneStateAsync(cancellation).ConfigureAwait(false),
            Compared = Elements(reference) + Elements(difference),
            Duration = _time.GetElapsedTime(began),
        };
    }

    // As many came as went: what was deleted and created again has another id.
    private static bool MayBeMadeAnew(GraphDifference found) =>
        found is { Basis: ComparisonBasis.Elements, Equal: false }
        && found.Nodes.Added + found.Relationships.Added > 0
        && found.Nodes.Added == found.Nodes.Removed && found.Relationships.Added == found.Relationships.Removed;

    private static string MadeAnew(GraphDifference found) =>
        "Counts and fingerprint agree: the content is the same. " + string.Create(CultureInfo.InvariantCulture,
            $"{found.Nodes.Added} nodes and {found.Relationships.Added} relationships were made anew, ")
        + "as a promotion by Apply does with what was deleted, and have other ids.";

    private static string? WhyNotByElements(IGraphSource reference, IGraphSource difference)
    {
        if (reference.DatabaseId is not { } one || difference.DatabaseId is not { } other)
            return "It is not known whether both are states of one database, so ids say nothing.";
        return one == other ? null : "They are not states of one database, so ids say nothing.";
    }

    private static long Elements(IGraphSource source) =>
        source.Count(BlockKind.Nodes) + source.Count(BlockKind.Relationships);

    private async Task<GraphDifference> ByElementsAsync(
        IGraphSource reference, IGraphSource difference, ElementChanged? changed, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        var tally = new ChangeTally();
        using var one = new SemaphoreSlim(1);
        foreach (var kind in new[] { BlockKind.Nodes, BlockKind.Relationships })
        {
            var (left, right) = (reference.Ranges(kind).ToHashSet(), difference.Ranges(kind).ToHashSet());
            // Of two backups, most of most is the same.
            var same = left.Intersect(right).Where(
                firstId => reference.HashOf(kind, firstId) is { } hash && hash == difference.HashOf(kind, firstId));
            var ranges = left.Union(right).Except(same).Order().ToList();
            var done = 0;
            using var ticker = progress is null
                ? null
                : _time.CreateTimer(_ => progress.Report(Tell(kind, Volatile.Read(ref done), ranges.Count)), null,
                    TimeSpan.Zero, s_progressEvery);
            await RangeReading.ForEachAsync(
                ranges, Math.Min(reference.Parallelism, difference.Parallelism),
                async (firstId, stop) =>
                {
                    var before = new RangeCursor(reference, kind, left.Contains(firstId) ? firstId : null, stop);
                    await using var _ = before.ConfigureAwait(false);
                    var after = new RangeCursor(difference, kind, right.Contains(firstId) ? firstId : null, stop);
                    await using var __ = after.ConfigureAwait(false);
                    await RangeComparison.RunAsync(before, after, kind, TakeAsync).ConfigureAwait(false);
                    Interlocked.Increment(ref done);
                }, cancellation).ConfigureAwait(false);
        }
        var (nodes, relationships) = (tally.Total(BlockKind.Nodes), tally.Total(BlockKind.Relationships));
        return Begin(reference, difference) with
        {
            Basis = ComparisonBasis.Elements,
            BasisReason = "Both are states of one database.",
            Equal = nodes.Total == 0 && relationships.Total == 0,
            Nodes = nodes,
            Relationships = relationships,
            NodesByLabel = tally.Labels,
            RelationshipsByType = tally.Types,
        };

        async ValueTask TakeAsync(ElementChange change)
        {
            await one.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                tally.Count(change);
                if (changed is not null)
                    await changed(change).ConfigureAwait(false);
            }
            finally
            {
                one.Release();
            }
        }
    }

    private static async Task<GraphDifference> ByFingerprintAsync(
        IGraphSource reference, IGraphSource difference, string reason, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        var before = await SummarizeAsync(reference, progress, cancellation).ConfigureAwait(false);
        var after = await SummarizeAsync(difference, progress, cancellation).ConfigureAwait(false);
        return Begin(reference, difference) with
        {
            Basis = ComparisonBasis.Fingerprint,
            BasisReason = reason,
            Equal = before.Fingerprint == after.Fingerprint,
            Nodes = Balance(before.Counts.Nodes, after.Counts.Nodes),
            Relationships = Balance(before.Counts.Relationships, after.Counts.Relationships),
            NodesByLabel = Balance(before.Counts.NodesByLabel, after.Counts.NodesByLabel),
            RelationshipsByType = Balance(before.Counts.RelationshipsByType, after.Counts.RelationshipsByType),
        };
    }

    private static async Task<GraphSummary> SummarizeAsync(
        IGraphSource source, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        if (source.Summary is { } known)
            return known;
        var telling = progress is null
            ? null
            : new Progress<double>(done => progress.Report(new WorkProgress("Comparing", $"Reading {source.Name}", done)));
        var digest = await SourceDigest.ReadAsync(source, telling, cancellation).ConfigureAwait(false);
        return new GraphSummary(digest.CompleteCounts(), digest.Fingerprint);
    }

    private static ChangeCounts Balance(long before, long after) =>
        new(Math.Max(0, after - before), Math.Max(0, before - after), 0);

    private static SortedDictionary<string, ChangeCounts> Balance(
        IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after)
    {
        var balance = new SortedDictionary<string, ChangeCounts>(StringComparer.Ordinal);
        foreach (var name in before.Keys.Union(after.Keys, StringComparer.Ordinal))
        {
            var counts = Balance(before.GetValueOrDefault(name), after.GetValueOrDefault(name));
            if (counts.Total > 0)
                balance.Add(name, counts);
        }
        return balance;
    }

    private static GraphDifference Begin(IGraphSource reference, IGraphSource difference) => new()
    {
        Reference = reference.Name,
        Difference = difference.Name,
        Basis = default,
        BasisReason = "",
        Equal = false,
        Nodes = ChangeCounts.None,
        Relationships = ChangeCounts.None,
        NodesByLabel = new SortedDictionary<string, ChangeCounts>(),
        RelationshipsByType = new SortedDictionary<string, ChangeCounts>(),
        Schema = [],
        Exact = false,
        Compared = 0,
        Duration = TimeSpan.Zero,
    };

    private static WorkProgress Tell(BlockKind kind, int done, int ranges) => new(
        "Comparing",
        string.Create(CultureInfo.InvariantCulture, $"{kind}: {done:N0} of {ranges:N0} ranges of ids"),
        ranges > 0 ? (double)done / ranges : null);
}
