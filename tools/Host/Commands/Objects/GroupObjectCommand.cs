using System.Collections;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;

namespace Grap.Host.Commands.Objects;

[Cmdlet("Group", "Object")]
[OutputType(typeof(GroupInfo), typeof(Hashtable))]
public sealed class GroupObjectCommand : PSCmdlet
{
    private readonly List<GroupInfo> _groups = [];
    private IReadOnlyList<PropertyExpression> _properties = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter]
    public SwitchParameter NoElement { get; set; }

    [Parameter]
    [Alias("AHT")]
    public SwitchParameter AsHashTable { get; set; }

    [Parameter]
    public SwitchParameter AsString { get; set; }

    protected override void BeginProcessing() => _properties = PropertyExpression.Parse(Property);

    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        object?[] values = _properties.Count == 0
            ? [InputObject]
            : [.. _properties.Select(p => p.ValueOf(InputObject))];
        var group = _groups.Find(g => g.Holds(values));
        if (group is null)
            _groups.Add(group = new GroupInfo(values));
        group.Add(InputObject, keep: !NoElement);
    }

    protected override void EndProcessing()
    {
        if (!AsHashTable)
        {
            WriteObject(_groups.OrderBy(g => g.Name, StringComparer.OrdinalIgnoreCase), enumerateCollection: true);
            return;
        }

        var table = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (var group in _groups)
            table[AsString ? group.Name : KeyOf(group)] = group.Group;
        WriteObject(table);
    }

    private static object KeyOf(GroupInfo group) =>
        group.Values[0] is PSObject wrapped ? wrapped.BaseObject : group.Values[0] ?? string.Empty;
}

/// <summary>Objects that agree in what they were grouped by.</summary>
public sealed class GroupInfo
{
    internal GroupInfo(object?[] values)
    {
        Values = [.. values];
        Name = string.Join(", ", values.Select(v => v?.ToString()));
    }

    public int Count { get; private set; }

    public string Name { get; }

    public Collection<PSObject> Group { get; } = [];

    public ArrayList Values { get; }

    internal bool Holds(object?[] values) => values.Zip(Values.Cast<object?>())
        .All(pair => LanguagePrimitives.Equals(
            pair.First, pair.Second, ignoreCase: true, CultureInfo.InvariantCulture));

    internal void Add(PSObject item, bool keep)
    {
        Count++;
        if (keep)
            Group.Add(item);
    }
}
