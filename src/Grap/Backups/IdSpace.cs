using Grap.Archives;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>
/// Where the ids of one kind lie, and how to go over them: range by range, or, where seeking every id of a range would
/// be waste, by a list of the ids in use.
/// </summary>
internal sealed record IdSpace
{
    // A range is worth reading id by id as long as about one id in sixteen is in use; an absent id costs about a
    // microsecond.
    private const int SparseFactor = 16;

    /// <summary>Nodes or relationships.</summary>
    public required BlockKind Kind { get; init; }

    /// <summary>What the count store says.</summary>
    public required long Count { get; init; }

    /// <summary>First id that is surely not in use, and how that is known.</summary>
    public required IdBound Bound { get; init; }

    /// <summary>The ids in use, rising; null where ranges are read. 8 bytes an element, so only where there are few, or
    /// where ids are sparse.</summary>
    public long[]? Ids { get; init; }

    /// <summary>The first ids of the blocks to read, rising.</summary>
    public IEnumerable<long> Blocks
    {
        get
        {
            if (Ids is null)
            {
                for (var first = 0L; first < Bound.Exclusive; first += BlockKey.RangeLength)
                    yield return first;
                yield break;
            }
            var last = -1L;
            foreach (var id in Ids)
            {
                var first = id - (id % BlockKey.RangeLength);
                if (first == last)
                    continue;
                last = first;
                yield return first;
            }
        }
    }

    /// <summary>The ids in use within the block that begins at <paramref name="firstId"/>.</summary>
    public ReadOnlyMemory<long> IdsOf(long firstId)
    {
        var from = LowerBound(firstId);
        return Ids.AsMemory(from, LowerBound(firstId + BlockKey.RangeLength) - from);
    }

    /// <summary>Asks the server.</summary>
    public static async Task<IdSpace> ReadAsync(
        BoltConnection connection, ElementQueries queries, BlockKind kind, CommitWatch watch,
        CancellationToken cancellation)
    {
        var count = await CountAsync(connection, queries, kind, cancellation).ConfigureAwait(false);
        var highest = await ReadNumberAsync(connection, queries.HighestId(kind), cancellation)
            .ConfigureAwait(false) ?? -1;
        var space = new IdSpace
        {
            Kind = kind,
            Count = count,
            Bound = new IdBound(
                highest + 1, $"max(id) over all {(kind == BlockKind.Nodes ? "nodes" : "relationships")}"),
        };
        var sparse = highest + 1 > ((long)BlockKey.RangeLength) + (count * SparseFactor);
        if (!sparse && await SeeksByIdAsync(connection, queries, kind, cancellation).ConfigureAwait(false))
            return space;
        var ids = await ReadIdsAsync(connection, queries, kind, count, watch, cancellation).ConfigureAwait(false);
        return space with
        {
            Ids = ids,
            Bound = new IdBound(ids.Length == 0 ? 0 : ids[^1] + 1, "list of all ids in use"),
        };
    }

    /// <summary>How many elements the count store has.</summary>
    public static async Task<long> CountAsync(
        BoltConnection connection, ElementQueries queries, BlockKind kind, CancellationToken cancellation) =>
        await ReadNumberAsync(connection, queries.Count(kind), cancellation).ConfigureAwait(false) ?? 0;

    private static async Task<long?> ReadNumberAsync(
        BoltConnection connection, BoltQuery query, CancellationToken cancellation)
    {
        var rows = await connection.ReadAllAsync(query, cancellation).ConfigureAwait(false);
        return rows[0][0] as long?;
    }

    private int LowerBound(long id)
    {
        var index = Array.BinarySearch(Ids!, id);
        return index < 0 ? ~index : index;
    }

    private static async Task<bool> SeeksByIdAsync(
        BoltConnection connection, ElementQueries queries, BlockKind kind, CancellationToken cancellation)
    {
        var cursor = await connection.RunAsync(queries.ExplainRange(kind), cancellation).ConfigureAwait(false);
        await using (cursor.ConfigureAwait(false))
        {
            while (await cursor.ReadAsync(cancellation).ConfigureAwait(false))
            {
                // EXPLAIN has no rows; the plan comes with the summary.
            }
            return cursor.Summary?.Metadata.GetValueOrDefault("plan") is IReadOnlyDictionary<string, object?> plan
                && Seeks(plan);
        }
    }

    private static bool Seeks(IReadOnlyDictionary<string, object?> plan) =>
        (plan.GetValueOrDefault("operatorType") as string)?.Contains("ByIdSeek", StringComparison.Ordinal) == true
        || (plan.GetValueOrDefault("children") is IReadOnlyList<object?> children
            && children.OfType<IReadOnlyDictionary<string, object?>>().Any(Seeks));

    private static async Task<long[]> ReadIdsAsync(
        BoltConnection connection, ElementQueries queries, BlockKind kind, long count, CommitWatch watch,
        CancellationToken cancellation)
    {
        var ids = new List<long>((int)Math.Min(count, 1 << 20));
        var cursor = await connection.RunAsync(queries.AllIds(kind), cancellation).ConfigureAwait(false);
        await using (cursor.ConfigureAwait(false))
        {
            while (await cursor.ReadAsync(cancellation).ConfigureAwait(false))
                ids.Add(ReadId(cursor.Record.Span));
            watch.Saw(cursor.Summary?.Bookmark);
        }
        ids.Sort();
        return [.. ids.Distinct()];
    }

    private static long ReadId(ReadOnlySpan<byte> record)
    {
        var reader = new Grap.Bolt.PackStream.PackStreamReader(record);
        reader.ReadListHeader();
        return reader.ReadInteger();
    }
}
