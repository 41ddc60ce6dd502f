using System.Collections;
using System.Globalization;
using Grap.Graphs;

namespace Grap.Comparison;

/// <summary>
/// Compares what two databases declare, by name. Versions word the same thing differently, so it is compared by meaning:
/// a setting counts only where both sides name it, and the provider of a vector index, of which each version has its
/// own, does not count.
/// </summary>
internal static class SchemaComparison
{
    /// <summary>What differs; empty for nothing.</summary>
    public static IReadOnlyList<SchemaDifference> Compare(GraphSchema reference, GraphSchema difference) =>
    [
        .. Compare(
            reference.Constraints.Select(Describe).ToDictionary(static d => d.Name, StringComparer.Ordinal),
            difference.Constraints.Select(Describe).ToDictionary(static d => d.Name, StringComparer.Ordinal)),
        .. Compare(
            Standing(reference).ToDictionary(static d => d.Name, StringComparer.Ordinal),
            Standing(difference).ToDictionary(static d => d.Name, StringComparer.Ordinal)),
    ];

    private static IEnumerable<SchemaDifference> Compare(
        Dictionary<string, Declared> reference, Dictionary<string, Declared> difference)
    {
        foreach (var name in reference.Keys.Union(difference.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (before, after) = (reference.GetValueOrDefault(name), difference.GetValueOrDefault(name));
            if (before is null || after is null)
            {
                yield return new SchemaDifference(
                    name, before is null ? ChangeKind.Added : ChangeKind.Removed, before?.ToString(), after?.ToString());
            }
            else if (!before.Means(after))
            {
                yield return new SchemaDifference(name, ChangeKind.Changed, before.ToString(), after.ToString());
            }
        }
    }

    private static IEnumerable<Declared> Standing(GraphSchema schema) =>
        schema.Indexes.Where(static i => i.OwningConstraint is null).Select(static index => new Declared(
            index.Name, $"{index.Type} INDEX", index.EntityType, index.LabelsOrTypes, index.Properties,
            Settings(index.Options, index.Type == "VECTOR" ? null : index.Provider)));

    private static Declared Describe(GraphConstraint constraint) => new(
        constraint.Name,
        // Since 2025 a unique property of nodes is called what that of relationships always was.
        constraint.Type.Replace("PROPERTY_UNIQUENESS", "UNIQUENESS", StringComparison.Ordinal)
            .Replace("NODE_UNIQUENESS", "UNIQUENESS", StringComparison.Ordinal)
            + (constraint.PropertyType is null ? "" : $" {constraint.PropertyType}"),
        constraint.EntityType, constraint.LabelsOrTypes, constraint.Properties, Settings(constraint.Options, null));

    private static Dictionary<string, string> Settings(IReadOnlyDictionary<string, object?> options, string? provider)
    {
        var settings = options.GetValueOrDefault("indexConfig") as IReadOnlyDictionary<string, object?>
            ?? new Dictionary<string, object?>();
        var texts = settings.ToDictionary(static s => s.Key, static s => Text(s.Value), StringComparer.Ordinal);
        if (provider is not null)
            texts["provider"] = provider;
        return texts;
    }

    // An archive keeps options as JSON: a list may come as another type, and a whole number as an integer or a float.
    private static string Text(object? value) => value switch
    {
        string text => text.ToUpperInvariant(),
        IEnumerable list => $"[{string.Join(", ", list.Cast<object?>().Select(Text))}]",
        IConvertible number => number.ToString(CultureInfo.InvariantCulture),
        _ => value?.ToString() ?? "null",
    };

    private sealed record Declared(
        string Name, string Type, string Entity, IReadOnlyList<string> LabelsOrTypes, IReadOnlyList<string> Properties,
        Dictionary<string, string> Settings)
    {
        public bool Means(Declared other) =>
            Type == other.Type && Entity == other.Entity
            && LabelsOrTypes.ToHashSet(StringComparer.Ordinal).SetEquals(other.LabelsOrTypes)
            && Properties.SequenceEqual(other.Properties, StringComparer.Ordinal)
            && Settings.All(s => !other.Settings.TryGetValue(s.Key, out var theirs) || theirs == s.Value);

        public override string ToString()
        {
            var settings = Settings.Count == 0
                ? ""
                : $" {{{string.Join(", ", Settings.OrderBy(static s => s.Key, StringComparer.Ordinal)
                    .Select(static s => $"{s.Key}: {s.Value}"))}}}";
            return $"{Type} FOR {Entity} {string.Join('|', LabelsOrTypes)} ({string.Join(", ", Properties)}){settings}";
        }
    }
}
