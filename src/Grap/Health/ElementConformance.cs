using System.Globalization;
using Grap.Graphs;
using Grap.Schemas;

namespace Grap.Health;

/// <summary>Required labels and types are in use, and their elements have the required properties. One scan for each
/// label and type that has any.</summary>
internal sealed class ElementConformance(TierConnection connection, List<string> failures)
{
    public async Task CheckAsync(DeclaredSchema schema, CancellationToken cancellation)
    {
        foreach (var label in schema.Labels)
        {
            var pattern = $"(n:{CypherName.Quote(label.Name)})";
            await CheckAsync(label, "label", pattern, OwnNodes.AndNot(label.Name), cancellation).ConfigureAwait(false);
        }
        foreach (var type in schema.RelationshipTypes)
            await CheckAsync(type, "type", $"()-[n:{CypherName.Quote(type.Name)}]->()", "", cancellation)
                .ConfigureAwait(false);
    }

    private async Task CheckAsync(
        DeclaredElement element, string kind, string pattern, string except, CancellationToken cancellation)
    {
        if (element.Required)
        {
            // Where Grap has nodes of the label too, it is not the count store that answers.
            var where = except.Length == 0 ? "" : $"WHERE true{except} ";
            var count = await connection.CountAsync($"MATCH {pattern} {where}RETURN count(n)", cancellation)
                .ConfigureAwait(false);
            if (count[0] == 0)
                failures.Add($"Nothing has the required {kind} '{element.Name}'");
        }
        if (element.Properties.Count == 0)
            return;
        var names = element.Properties.Select(static name => $"n.{CypherName.Quote(name)}").ToList();
        var anyMissing = string.Join(" OR ", names.Select(static name => name + " IS NULL"));
        var sums = string.Join(", ", names.Select(static (name, i) => FormattableString.Invariant(
            $"sum(CASE WHEN {name} IS NULL THEN 1 ELSE 0 END) AS c{i}")));
        var missing = await connection.CountAsync(
            $"MATCH {pattern} WHERE ({anyMissing}){except} RETURN {sums}", cancellation).ConfigureAwait(false);
        for (var i = 0; i < missing.Length; i++)
        {
            if (missing[i] > 0)
                failures.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{missing[i]} elements with {kind} '{element.Name}' have no property '{element.Properties[i]}'"));
        }
    }
}
