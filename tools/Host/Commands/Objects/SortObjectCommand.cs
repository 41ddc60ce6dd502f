using System.Globalization;
using System.Management.Automation;

namespace Grap.Host.Commands.Objects;

[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter]
    public SwitchParameter Descending { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter]
    public SwitchParameter CaseSensitive { get; set; }

    [Parameter]
    public SwitchParameter Stable { get; set; }

    [Parameter]
    public int Top { get; set; }

    [Parameter]
    public int Bottom { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            _items.Add(InputObject);
    }

    protected override void EndProcessing()
    {
        var keys = PropertyExpression.Parse(Property);
        var rows = _items.Select(item => new Row(item, [.. Keys(item, keys)]));
        // LINQ's order is stable, so equal items stay as they came.
        var comparer = Comparer<Row>.Create((one, other) => Compare(one, other, keys));
        var sorted = rows.Order(comparer).ToList();
        IEnumerable<Row> chosen = Unique
            ? sorted.Where((row, i) => i == 0 || comparer.Compare(sorted[i - 1], row) != 0)
            : sorted;
        if (Top > 0)
            chosen = chosen.Take(Top);
        if (Bottom > 0)
            chosen = chosen.TakeLast(Bottom);
        foreach (var row in chosen)
            WriteObject(row.Item);
    }

    private static IEnumerable<object?> Keys(PSObject item, IReadOnlyList<PropertyExpression> keys) =>
        keys.Count == 0 ? [item] : keys.Select(key => key.ValueOf(item));

    private int Compare(Row one, Row other, IReadOnlyList<PropertyExpression> keys)
    {
        for (var i = 0; i < one.Keys.Length; i++)
        {
            var order = CompareKeys(one.Keys[i], other.Keys[i]);
            if (order != 0)
                return (keys.Count > i ? keys[i].Descending : null) ?? Descending ? -order : order;
        }

        return 0;
    }

    private int CompareKeys(object? one, object? other) =>
        LanguagePrimitives.TryCompare(one, other, !CaseSensitive, CultureInfo.InvariantCulture, out var order)
            ? order
            : string.Compare(one?.ToString(), other?.ToString(), StringComparison.OrdinalIgnoreCase);

    private sealed record Row(PSObject Item, object?[] Keys);
}
