using System.Collections;
using System.Globalization;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.Tests.Torture.OnlineCopy.Inspection;

/// <summary>Asks a database, and gets rows as texts that can be compared.</summary>
internal sealed class Reading(BoltConnection connection, CancellationToken cancellation)
{
    /// <summary>The rows of a query.</summary>
    public async Task<IReadOnlyList<object?[]>> RowsAsync(
        string text, params (string Name, object? Value)[] parameters) =>
        await connection.ReadAllAsync(BoltQuery.Create(text, parameters), cancellation);

    /// <summary>The rows of a query, each as one text.</summary>
    public async Task<IReadOnlyList<string>> TextsAsync(
        string text, params (string Name, object? Value)[] parameters) =>
        [.. (await RowsAsync(text, parameters)).Select(static row => Text(row))];

    /// <summary>A row's text: its values, separated by <c>|</c>.</summary>
    public static string Text(params object?[] values) => string.Join('|', values.Select(TextOf));

    private static string TextOf(object? value) => value switch
    {
        null => "null",
        string text => text,
        IEnumerable list => "[" + string.Join(',', list.Cast<object?>().Select(TextOf)) + "]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
