using Grap.Bolt.PackStream;
using Grap.Graphs;

namespace Grap.Recovery;

/// <summary>Which elements are restored.</summary>
internal sealed class RestoreFilter(RestoreOptions options)
{
    private readonly HashSet<string> _labels = new(options.Labels, StringComparer.Ordinal);
    private readonly HashSet<string> _types = new(options.Types, StringComparer.Ordinal);

    /// <summary>True where something is left out.</summary>
    public bool IsPartial => options.IsPartial;

    /// <summary>Whether nodes with these labels (a PackStream list) are restored.</summary>
    public bool KeepsLabels(ReadOnlySpan<byte> labels)
    {
        if (_labels.Count == 0)
            return true;
        var reader = new PackStreamReader(labels);
        for (var left = reader.ReadListHeader(); left > 0; left--)
        {
            if (_labels.Contains(reader.ReadString()))
                return true;
        }
        return false;
    }

    /// <summary>Whether relationships of this type (a PackStream string) are restored.</summary>
    public bool KeepsType(ReadOnlySpan<byte> type) =>
        _types.Count == 0 || _types.Contains(new PackStreamReader(type).ReadString());

    /// <summary>The same schema with those indexes and constraints only that concern what is restored.</summary>
    public GraphSchema Of(GraphSchema schema) => !IsPartial ? schema : schema with
    {
        // Token lookup indexes name no label and no type: they are of all.
        Indexes = [.. schema.Indexes.Where(i => i.LabelsOrTypes.Count == 0 || Concerns(i.EntityType, i.LabelsOrTypes))],
        Constraints = [.. schema.Constraints.Where(c => Concerns(c.EntityType, c.LabelsOrTypes))],
    };

    private bool Concerns(string entityType, IReadOnlyList<string> labelsOrTypes)
    {
        var kept = entityType == "NODE" ? _labels : _types;
        return kept.Count == 0 || labelsOrTypes.Any(kept.Contains);
    }
}
