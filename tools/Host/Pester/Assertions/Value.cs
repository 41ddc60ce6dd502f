using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace Grap.Host.Pester.Assertions;

/// <summary>
/// How assertions see values: compared as PowerShell's operators compare, shown as one would write them.
/// </summary>
internal static class Value
{
    public static object? Bare(object? value) => value is PSObject { BaseObject: not PSCustomObject } o
        ? o.BaseObject
        : value;

    /// <summary>Compares as <c>$expected -eq $actual</c>, arrays element by element.</summary>
    public static bool AreEqual(object? expected, object? actual, bool exactly)
    {
        var expectedItems = Items(expected);
        var actualItems = Items(actual);
        if (IsNothing(expectedItems) || IsNothing(actualItems))
            return IsNothing(expectedItems) && IsNothing(actualItems);
        if (expectedItems.Count != actualItems.Count)
            return false;
        for (var i = 0; i < expectedItems.Count; i++)
        {
            var equal = Bare(expectedItems[i]) is Array || Bare(actualItems[i]) is Array
                ? AreEqual(expectedItems[i], actualItems[i], exactly)
                : LanguagePrimitives.Equals(
                    expectedItems[i], actualItems[i], ignoreCase: !exactly, CultureInfo.InvariantCulture);
            if (!equal)
                return false;
        }

        return true;
    }

    /// <summary>A lone value as a list of one; an array as what is in it.</summary>
    public static IList Items(object? value) => Bare(value) switch
    {
        object?[] array => array,
        Array array => array.Cast<object?>().ToArray(),
        _ => new[] { value },
    };

    /// <summary>One value out of the list that a pipeline made of it.</summary>
    public static object? Single(object? value) => value is object?[] { Length: 1 } one ? one[0] : value;

    public static string Format(object? value) => Format(value, depth: 0);

    private static string Format(object? value, int depth)
    {
        var bare = Bare(value);
        return bare switch
        {
            null => "$null",
            string text => $"'{text.Replace("\n", "`n", StringComparison.Ordinal)}'",
            bool flag => flag ? "$true" : "$false",
            Type type => $"[{type}]",
            DateTime time => time.ToString("o", CultureInfo.InvariantCulture),
            ScriptBlock block => $"{{{block}}}",
            object?[] { Length: 1 } one when depth == 0 => Format(one[0], depth + 1),
            IDictionary map => "@{" + string.Join("; ", map.Keys.Cast<object>()
                .Select(key => $"{key}={Format(map[key], depth + 1)}")) + "}",
            IEnumerable many when depth < 4 =>
                $"@({string.Join(", ", many.Cast<object?>().Select(item => Format(item, depth + 1)))})",
            IConvertible plain => plain.ToString(CultureInfo.InvariantCulture),
            _ => $"{value} [{bare.GetType()}]",
        };
    }

    private static bool IsNothing(IList items) => items.Count == 0 || (items.Count == 1 && items[0] is null);
}
