using Grap.Graphs;

namespace Grap.Recovery;

/// <summary>How a vector index is made again. Versions differ in it more than in anything else: by procedure or by
/// command, for nodes only, with settings of their own, and each with a provider of its own, which is therefore left
/// to the target.</summary>
internal static class VectorIndexPlan
{
    private const string Configuration = "indexConfig";

    /// <summary>Adds what creates <paramref name="index"/> to <paramref name="steps"/>, or why it cannot be created to
    /// <paramref name="missing"/>.</summary>
    public static void Add(
        GraphIndex index, TargetCapabilities target, List<SchemaStep> steps, List<NotCarried> missing)
    {
        var settings = index.Options.GetValueOrDefault(Configuration) as IReadOnlyDictionary<string, object?>
            ?? new Dictionary<string, object?>();
        var known = settings.Where(s => target.VectorSettings?.Contains(s.Key) ?? true).ToDictionary();
        if (WhyNot(index, target, known) is { } reason)
        {
            missing.Add(new NotCarried(NotCarriedKind.Index, index.Name, reason));
            return;
        }
        missing.AddRange(settings.Keys.Except(known.Keys).Order(StringComparer.Ordinal).Select(setting =>
            new NotCarried(
                NotCarriedKind.IndexOption, $"{index.Name}.{setting}",
                $"{target.Name} does not know it; it was {settings[setting]}.")));
        steps.Add(target.VectorIndexes == VectorIndexSupport.NodesByProcedure
            ? ByProcedure(index, known)
            : ByCommand(index, known));
    }

    private static string? WhyNot(
        GraphIndex index, TargetCapabilities target, Dictionary<string, object?> settings)
    {
        if (target.VectorIndexes == VectorIndexSupport.None)
            return $"{target.Name} has no vector indexes.";
        if (index.EntityType != "NODE" && target.VectorIndexes != VectorIndexSupport.NodesAndRelationships)
            return $"{target.Name} has no vector indexes of relationships.";
        var plain = index.LabelsOrTypes.Count == 1 && index.Properties.Count == 1;
        if (!plain && target.VectorSettings is not null)
            return $"{target.Name} has no vector indexes of several labels or properties.";
        // Since 5.23 an index need not say how many dimensions it has.
        return target.VectorIndexes != VectorIndexSupport.NodesAndRelationships
            && !settings.ContainsKey("vector.dimensions")
            ? $"{target.Name} has no vector indexes without a number of dimensions."
            : null;
    }

    private static SchemaStep ByProcedure(GraphIndex index, Dictionary<string, object?> settings) => new(
        NotCarriedKind.Index, index.Name, SchemaPhase.AtTheEnd,
        "CALL db.index.vector.createNodeIndex($name, $label, $property, $dimensions, $similarity)")
    {
        Parameters =
        [
            ("name", index.Name), ("label", index.LabelsOrTypes[0]), ("property", index.Properties[0]),
            ("dimensions", settings["vector.dimensions"]),
            ("similarity", settings.GetValueOrDefault("vector.similarity_function") ?? "cosine"),
        ],
    };

    private static SchemaStep ByCommand(GraphIndex index, Dictionary<string, object?> settings) =>
        index.LabelsOrTypes.Count == 1 && index.Properties.Count == 1
            ? SchemaPlan.IndexStep(index with
            {
                Options = new Dictionary<string, object?> { [Configuration] = settings },
            })
            : new SchemaStep(NotCarriedKind.Index, index.Name, SchemaPhase.AtTheEnd, index.Cypher);
}
