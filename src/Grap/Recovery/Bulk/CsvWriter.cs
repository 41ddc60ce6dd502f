using System.IO.Hashing;
using Grap.Archives;
using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Recovery.Bulk;

/// <summary>Writes elements of one kind to files by label set or type. For one thread at a time.</summary>
internal sealed class CsvWriter : IDisposable
{
    private const int MostFiles = 128;

    private readonly CsvGraph _graph;
    private readonly string _folder;
    private readonly BlockKind _kind;
    private readonly string _prefix;
    private readonly Dictionary<UInt128, CsvFile?> _files = [];
    private readonly List<(string Of, CsvFile File)> _named = [];
    private readonly List<long> _left = [];
    private readonly ushort[] _offsets = new ushort[BlockKey.RangeLength];
    private readonly ulong[] _ids = new ulong[BlockKey.RangeLength];

    /// <summary>Creates a writer; files are created as they are needed.</summary>
    public CsvWriter(CsvGraph graph, string folder, BlockKind kind, int number)
    {
        (_graph, _folder, _kind) = (graph, folder, kind);
        _prefix = $"{(kind == BlockKind.Nodes ? "nodes" : "relationships")}-{number}";
    }

    /// <summary>The ids of what could not be written.</summary>
    public IReadOnlyList<long> Left => _left;

    /// <summary>Whether some value has more than one line.</summary>
    public bool HasLineBreaks => _named.Exists(static named => named.File.HasLineBreaks);

    /// <summary>The files as arguments of the import.</summary>
    public IEnumerable<string> Arguments => _named.Select(named =>
        (_kind == BlockKind.Nodes ? "--nodes=" : "--relationships=")
        + (named.Of.Length > 0 ? named.Of + "=" : "") + named.File.Argument);

    /// <summary>Writes one part of a range; returns how many elements that were, and how many are left.</summary>
    public (int Seen, int Left) Write(BlockKey key, ReadOnlySpan<byte> content)
    {
        var before = _left.Count;
        var seen = _kind == BlockKind.Nodes ? WriteNodes(key, content) : WriteRelationships(content);
        return (seen, _left.Count - before);
    }

    /// <summary>Writes the headers, which begin with <paramref name="ids"/>.</summary>
    public void Complete(string ids) => _named.ForEach(named => named.File.Complete(ids));

    /// <inheritdoc/>
    public void Dispose() => _named.ForEach(static named => named.File.Dispose());

    private int WriteNodes(BlockKey key, ReadOnlySpan<byte> content)
    {
        var (seen, kept) = (0, 0);
        for (var reader = new PackStreamReader(content); !reader.AtEnd; seen++)
        {
            var node = NodeElement.Read(content, ref reader);
            if (FileOf(node.Labels) is { } file && file.TryWrite([node.Id], node.Properties))
            {
                _ids[kept] = (ulong)node.Id;
                _offsets[kept++] = (ushort)(node.Id - key.FirstId);
            }
            else
            {
                _left.Add(node.Id);
            }
        }
        _graph.Kept.Add(key, _offsets.AsSpan(0, kept), _ids.AsSpan(0, kept));
        return seen;
    }

    private int WriteRelationships(ReadOnlySpan<byte> content)
    {
        var seen = 0;
        for (var reader = new PackStreamReader(content); !reader.AtEnd; seen++)
        {
            var relationship = RelationshipElement.Read(content, ref reader);
            if (_graph.LeftNodes.Contains(relationship.StartId) || _graph.LeftNodes.Contains(relationship.EndId)
                || FileOf(relationship.Type) is not { } file
                || !file.TryWrite([relationship.StartId, relationship.EndId], relationship.Properties))
                _left.Add(relationship.Id);
        }
        return seen;
    }

    private CsvFile? FileOf(ReadOnlySpan<byte> labelsOrType)
    {
        var hash = XxHash128.HashToUInt128(labelsOrType);
        if (_files.TryGetValue(hash, out var file))
            return file;
        var names = Names(labelsOrType);
        if (names.TrueForAll(CsvGraph.IsPlain) && _named.Count < MostFiles)
        {
            file = new CsvFile(_folder, $"{_prefix}-{_named.Count}", takesFloatLists: !_graph.HasVectors);
            _named.Add((string.Join(':', names), file));
        }
        _files.Add(hash, file);
        return file;
    }

    private List<string> Names(ReadOnlySpan<byte> labelsOrType)
    {
        var reader = new PackStreamReader(labelsOrType);
        if (_kind == BlockKind.Relationships)
            return [reader.ReadString()];
        var names = new List<string>();
        for (var left = reader.ReadListHeader(); left > 0; left--)
            names.Add(reader.ReadString());
        return names;
    }
}
