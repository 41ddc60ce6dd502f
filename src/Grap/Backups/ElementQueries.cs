using Grap.Archives;
using Grap.Bolt;
using Grap.Bolt.PackStream;

namespace Grap.Backups;

/// <summary>
/// The queries that read elements. Each row is <c>[begin, elements]</c>: rows that were collected on the server cost it
/// half of what a row per element does, and a seek of all ids of a row at once a quarter less than one seek per id
/// (docs/reading.md has the measurements).
/// </summary>
internal sealed class ElementQueries(string cypherPrefix, string database, string bookmark)
{
    private const string NodesOfRow =
        "MATCH (n) WHERE id(n) IN range(begin, begin + $step - 1) " +
        "RETURN collect([id(n), labels(n), properties(n)]) AS elements";

    private const string RelationshipsOfRow =
        "MATCH (a)-[r]->(b) WHERE id(r) IN range(begin, begin + $step - 1) " +
        "RETURN collect([id(r), id(a), id(b), type(r), properties(r)]) AS elements";

    private const string NodesByList =
        "MATCH (n) WHERE id(n) IN $ids WITH n ORDER BY id(n) " +
        "RETURN 0 AS begin, collect([id(n), labels(n), properties(n)]) AS elements";

    private const string RelationshipsByList =
        "MATCH (a)-[r]->(b) WHERE id(r) IN $ids WITH a, r, b ORDER BY id(r) " +
        "RETURN 0 AS begin, collect([id(r), id(a), id(b), type(r), properties(r)]) AS elements";

    private readonly string _nodesInRange = cypherPrefix + InRange(NodesOfRow);
    private readonly string _relationshipsInRange = cypherPrefix + InRange(RelationshipsOfRow);
    private readonly string _nodesByList = cypherPrefix + NodesByList;
    private readonly string _relationshipsByList = cypherPrefix + RelationshipsByList;

    /// <summary>Reads the ids from <paramref name="begin"/> up to <paramref name="end"/>, exclusive, as rows of
    /// <paramref name="step"/> ids each. The step divides the range.</summary>
    public BoltQuery Range(BlockKind kind, long begin, long end, int step) =>
        Query(kind == BlockKind.Nodes ? _nodesInRange : _relationshipsInRange,
            BoltQuery.EncodeParameters(("begin", begin), ("last", end - 1), ("step", (long)step)));

    /// <summary>Reads the elements with these ids, as one row in id order; ids that are not in use are passed
    /// over.</summary>
    public BoltQuery List(BlockKind kind, ReadOnlySpan<long> ids) =>
        Query(kind == BlockKind.Nodes ? _nodesByList : _relationshipsByList, EncodeIds(ids));

    /// <summary>Reads the nodes with these ids, a row <c>[node]</c> for each that there is, a few rows at a
    /// time.</summary>
    public BoltQuery Nodes(ReadOnlySpan<long> ids) =>
        Query(
            cypherPrefix + "MATCH (n) WHERE id(n) IN $ids RETURN [id(n), labels(n), properties(n)]",
            EncodeIds(ids)) with
        {
            FetchSize = 4,
        };

    /// <summary>Asks for the plan of a range query; <c>replan=force</c> because a plan that was made when the store was
    /// empty stays cached, and then every id costs a scan of the whole store (seen: 153 s for 65,536 ids).</summary>
    public BoltQuery ExplainRange(BlockKind kind)
    {
        var text = InRange(kind == BlockKind.Nodes ? NodesOfRow : RelationshipsOfRow);
        var prefix = cypherPrefix.Length == 0 ? "CYPHER " : cypherPrefix;
        return Query(prefix + "replan=force EXPLAIN " + text,
            BoltQuery.EncodeParameters(("begin", 0L), ("last", 0L), ("step", 1L)));
    }

    /// <summary>All ids in use.</summary>
    public BoltQuery AllIds(BlockKind kind) => Query(
        cypherPrefix + (kind == BlockKind.Nodes ? "MATCH (n) RETURN id(n)" : "MATCH ()-[r]->() RETURN id(r)"), default);

    /// <summary>The highest id in use; null for none.</summary>
    public BoltQuery HighestId(BlockKind kind) => Query(
        cypherPrefix
        + (kind == BlockKind.Nodes ? "MATCH (n) RETURN max(id(n))" : "MATCH ()-[r]->() RETURN max(id(r))"),
        default);

    /// <summary>How many there are, from the count store.</summary>
    public BoltQuery Count(BlockKind kind) => Query(
        cypherPrefix + (kind == BlockKind.Nodes ? "MATCH (n) RETURN count(n)" : "MATCH ()-[r]->() RETURN count(r)"),
        default);

    private static ReadOnlyMemory<byte> EncodeIds(ReadOnlySpan<long> ids)
    {
        var parameters = new System.Buffers.ArrayBufferWriter<byte>(16 + (ids.Length * 5));
        var writer = new PackStreamWriter(parameters);
        writer.WriteMapHeader(1);
        writer.Write("ids");
        writer.WriteListHeader(ids.Length);
        foreach (var id in ids)
            writer.Write(id);
        return parameters.WrittenMemory;
    }

    private static string InRange(string elementsOfRow) =>
        $"UNWIND range($begin, $last, $step) AS begin CALL {{ WITH begin {elementsOfRow} }} RETURN begin, elements";

    private BoltQuery Query(string text, ReadOnlyMemory<byte> parameters) => new(text)
    {
        Parameters = parameters,
        Database = database,
        Bookmarks = bookmark.Length == 0 ? [] : [bookmark],
        Timeout = TimeSpan.Zero,
        FetchSize = -1,
    };
}
