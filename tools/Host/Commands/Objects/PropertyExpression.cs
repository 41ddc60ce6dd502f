using System.Collections;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace Grap.Host.Commands.Objects;

/// <summary>
/// What <c>-Property</c> takes: a name, a wildcard, a script block, or a dictionary such as
/// <c>@{ Name = 'Size'; Expression = { $_.Length }; Descending = $true }</c>.
/// </summary>
internal sealed record PropertyExpression(string? Label, PSPropertyExpression Expression, bool? Descending)
{
    public static IReadOnlyList<PropertyExpression> Parse(IEnumerable<object>? properties) =>
        [.. (properties ?? []).Select(Parse)];

    /// <summary>The value for one object; none where it has no such property or the expression fails.</summary>
    public object? ValueOf(PSObject item) => Expression.GetValues(item) is [{ Exception: null } first, ..]
        ? first.Result
        : null;

    /// <summary>Names and values; a wildcard gives one for each property that it matches.</summary>
    public IEnumerable<(string Name, object? Value)> NamedValuesOf(PSObject item)
    {
        if (Label is not null || Expression.Script is not null)
        {
            yield return (Label ?? Expression.ToString(), ValueOf(item));
            yield break;
        }

        var resolved = Expression.ResolveNames(item);
        if (resolved.Count == 0 && !Expression.HasWildCardCharacters)
            yield return (Expression.ToString(), null);
        foreach (var name in resolved)
            yield return (name.ToString(), new PropertyExpression(null, name, null).ValueOf(item));
    }

    private static PropertyExpression Parse(object property)
    {
        var bare = property is PSObject wrapped ? wrapped.BaseObject : property;
        return bare is IDictionary map ? Parse(map) : new PropertyExpression(null, ExpressionOf(bare), null);
    }

    private static PropertyExpression Parse(IDictionary map)
    {
        string? label = null;
        PSPropertyExpression? expression = null;
        bool? descending = null;
        foreach (DictionaryEntry entry in map)
        {
            var value = entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value;
            switch (entry.Key.ToString()!.ToUpperInvariant())
            {
                case "N" or "NAME" or "L" or "LABEL": label = value?.ToString(); break;
                case "E" or "EXPRESSION": expression = ExpressionOf(value!); break;
                case "DESCENDING": descending = LanguagePrimitives.IsTrue(value); break;
                case "ASCENDING": descending = !LanguagePrimitives.IsTrue(value); break;
                default: throw new ArgumentException($"A property has no key {entry.Key}.");
            }
        }

        return expression is null
            ? throw new ArgumentException("A property needs the key Expression.")
            : new PropertyExpression(label, expression, descending);
    }

    private static PSPropertyExpression ExpressionOf(object value) =>
        value is ScriptBlock script ? new PSPropertyExpression(script) : new PSPropertyExpression(value.ToString());
}
