using System.Collections;
using System.Management.Automation;

namespace Grap.PowerShell.Queries;

/// <summary>Takes PowerShell's wrappers off what a user gave as parameters of a query, however deep it is
/// nested.</summary>
internal static class QueryParameters
{
    // Deeper than anything meant; a table that holds itself ends here instead of in a stack overflow.
    private const int MostLevels = 100;

    /// <summary>The parameters as names and plain values. Throws <see cref="GrapException"/> with SettingInvalid. Call
    /// it on the pipeline thread: reading a property of a user's object may run a script.</summary>
    public static (string Name, object? Value)[] Unwrap(IDictionary? parameters) =>
        parameters is null ? [] : [.. Map(parameters, 0).Select(pair => (pair.Key, pair.Value))];

    private static object? Value(object? value, int level)
    {
        if (level > MostLevels)
            throw Invalid("is nested too deep");
        return value switch
        {
            PSObject { BaseObject: PSCustomObject } custom => Properties(custom, level),
            PSObject wrapped => Value(wrapped.BaseObject, level),
            char letter => letter.ToString(),
            string or byte[] => value,
            IDictionary map => Map(map, level),
            IEnumerable list and not IDictionary =>
                list.Cast<object?>().Select(item => Value(item, level + 1)).ToList(),
            _ => value,
        };
    }

    private static Dictionary<string, object?> Properties(PSObject custom, int level) =>
        custom.Properties.ToDictionary(property => property.Name, property => Value(property.Value, level + 1));

    private static Dictionary<string, object?> Map(IDictionary map, int level)
    {
        var plain = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in map)
        {
            var name = entry.Key as string ?? throw Invalid("has a key that is not text");
            plain[name] = Value(entry.Value, level + 1);
        }
        return plain;
    }

    /// <summary>A parameter that Neo4j has no type for.</summary>
    public static GrapException Invalid(string problem) => new(
        GrapCondition.SettingInvalid, $"A value of -Parameter {problem}.",
        "Use text, numbers, booleans, dates, byte arrays, and lists and tables of those.", "Parameter");
}
