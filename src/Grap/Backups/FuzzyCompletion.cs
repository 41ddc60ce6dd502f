using Grap.Archives;
using Grap.Graphs;

namespace Grap.Backups;

/// <summary>What it took to make a fuzzy reading a graph that closes.</summary>
internal sealed record CompletionReport(
    long CompletedNodes, long DroppedRelationships, IReadOnlyList<UniqueConflict> Conflicts);

/// <summary>
/// Makes a graph of what was read while writes went on: a relationship whose endpoint was not read gets that node, read
/// now, or is dropped where the node no longer exists; of elements that claim one unique value, one keeps it. Runs
/// while no id is reused, so that an id still means the same node.
/// </summary>
/// <param name="blocks">What was read.</param>
/// <param name="readNodes">Adds those of some nodes that still exist: <see cref="MissingNodeReader.ReadAsync"/>.</param>
internal sealed class FuzzyCompletion(
    BlockEditor blocks, Func<long[], ElementEdits, CancellationToken, Task> readNodes)
{
    /// <summary>The rule for conflicts, as the manifest states it.</summary>
    public const string ConflictRule =
        "The element with the highest id keeps the value; the others are kept without the constrained properties.";

    private const int Batch = 256;

    /// <summary>Completes the blocks.</summary>
    public async Task<CompletionReport> RunAsync(
        IReadOnlyList<MissingEndpoint> missing, GraphSchema schema, CancellationToken cancellation)
    {
        var completed = 0L;
        var gone = missing.Select(static m => m.NodeId).ToHashSet();
        // Range by range, so that no more than one block's new nodes are in memory.
        foreach (var range in gone.Order().GroupBy(static id => id / BlockKey.RangeLength).ToList())
        {
            var nodes = new ElementEdits();
            foreach (var batch in range.Chunk(Batch))
                await readNodes(batch, nodes, cancellation).ConfigureAwait(false);
            blocks.Apply(BlockKind.Nodes, nodes);
            gone.ExceptWith(nodes.Added.Keys);
            completed += nodes.Added.Count;
        }

        var relationships = new ElementEdits();
        relationships.Removed.UnionWith(
            missing.Where(m => gone.Contains(m.NodeId)).Select(static m => m.RelationshipId));
        blocks.Apply(BlockKind.Relationships, relationships);

        var conflicts = new List<UniqueConflict>();
        foreach (var constraint in schema.Constraints.Where(UniqueClaims.DemandsUniqueness))
        {
            using var claims = new UniqueClaims(constraint);
            conflicts.AddRange(Settle(claims, cancellation));
        }
        return new CompletionReport(completed, relationships.Removed.Count, conflicts);
    }

    private List<UniqueConflict> Settle(UniqueClaims claims, CancellationToken cancellation)
    {
        blocks.ForEach(claims.Kind, (_, content) => claims.Note(content.Written), cancellation);
        if (!claims.AnyTwice())
            return [];
        blocks.ForEach(claims.Kind, (_, content) => claims.Gather(content.Written), cancellation);
        var conflicts = claims.Conflicts().ToList();
        var edits = new ElementEdits();
        foreach (var conflict in conflicts)
            edits.Stripped[conflict.ChangedId] = [.. claims.Properties];
        blocks.Apply(claims.Kind, edits);
        return conflicts;
    }
}
