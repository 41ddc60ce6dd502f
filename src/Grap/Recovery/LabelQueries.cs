using System.IO.Hashing;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Recovery;

/// <summary>The queries that create elements of one label set or type.</summary>
internal sealed record LabelQuery(string Plain, string WithVectors, IReadOnlySet<string> VectorKeys)
{
    private static readonly List<string> s_none = [];

    /// <summary>The keys whose values are to be kept as 32-bit floats.</summary>
    public List<string> FindVectors(ReadOnlySpan<byte> properties) =>
        VectorKeys.Count == 0 ? s_none : VectorProperties.Find(properties, VectorKeys);
}

/// <summary>Finds the queries for a label list or a type as it stands in the source, without making a string per
/// element.</summary>
internal sealed class LabelQueries(RestoreJob job, bool nodes)
{
    private readonly Dictionary<UInt128, LabelQuery?> _queries = [];
    private LabelQuery? _last;
    private byte[]? _lastBytes;

    /// <summary>The queries; null where such elements are not to be restored.</summary>
    public LabelQuery? Of(ReadOnlySpan<byte> labelsOrType)
    {
        // Neighbours mostly have the same labels.
        if (_lastBytes is not null && labelsOrType.SequenceEqual(_lastBytes))
            return _last;
        var hash = XxHash128.HashToUInt128(labelsOrType);
        if (!_queries.TryGetValue(hash, out var query))
        {
            query = nodes ? ForNodes(labelsOrType) : ForRelationships(labelsOrType);
            _queries.Add(hash, query);
        }
        (_last, _lastBytes) = (query, labelsOrType.ToArray());
        return query;
    }

    private LabelQuery? ForNodes(ReadOnlySpan<byte> labels)
    {
        if (!job.Filter.KeepsLabels(labels))
            return null;
        var names = new List<string>();
        var reader = new PackStreamReader(labels);
        for (var left = reader.ReadListHeader(); left > 0; left--)
            names.Add(reader.ReadString());
        var create = $"{job.CypherPrefix}UNWIND $rows AS row CREATE (e{CypherName.Labels(names)}) SET e = row[1] ";
        return new LabelQuery(
            create + "RETURN collect([row[0], id(e)])",
            create + SetVectors("setNodeVectorProperty", 1) + "RETURN collect([row[0], id(e)])",
            job.NodeVectors.KeysOf(names));
    }

    private LabelQuery? ForRelationships(ReadOnlySpan<byte> type)
    {
        if (!job.Filter.KeepsType(type))
            return null;
        var name = new PackStreamReader(type).ReadString();
        var create = $"{job.CypherPrefix}UNWIND $rows AS row MATCH (a) WHERE id(a) = row[0] MATCH (b) WHERE id(b) = row[1] "
            + $"CREATE (a)-[e:{CypherName.Quote(name)}]->(b) SET e = row[2] ";
        return new LabelQuery(
            create + "RETURN collect(id(e))",
            create + SetVectors("setRelationshipVectorProperty", 2) + "RETURN collect(id(e))",
            job.RelationshipVectors.KeysOf([name]));
    }

    /// <summary>The part of a query that stores values of <c>e</c> again, as 32-bit floats: their keys stand in a row
    /// behind its properties.</summary>
    internal static string SetVectors(string procedure, int properties) =>
        $"WITH e, row CALL {{ WITH e, row UNWIND row[{properties + 1}] AS key "
        + $"CALL db.create.{procedure}(e, key, row[{properties}][key]) RETURN count(*) AS vectors }} ";
}
