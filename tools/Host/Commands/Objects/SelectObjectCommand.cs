using System.Management.Automation;
using Grap.Host.EngineAccess;

namespace Grap.Host.Commands.Objects;

[Cmdlet(VerbsCommon.Select, "Object", DefaultParameterSetName = "Properties")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly Queue<PSObject> _last = new();
    private readonly List<PSObject> _unique = [];
    private IReadOnlyList<PropertyExpression> _properties = [];
    private int _seen;
    private int _written;

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public object[]? Property { get; set; }

    [Parameter]
    public string[] ExcludeProperty { get; set; } = [];

    [Parameter]
    public string? ExpandProperty { get; set; }

    [Parameter]
    public SwitchParameter Unique { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int First { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Last { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int Skip { get; set; }

    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int SkipLast { get; set; }

    [Parameter(ParameterSetName = "Index")]
    public int[]? Index { get; set; }

    [Parameter]
    public SwitchParameter Wait { get; set; }

    private bool HasFirst => MyInvocation.BoundParameters.ContainsKey(nameof(First));

    protected override void BeginProcessing()
    {
        _properties = PropertyExpression.Parse(
            Property ?? (ExcludeProperty.Length > 0 ? ["*"] : null));
        if (HasFirst && First == 0 && Last == 0)
            StopUpstream();
    }

    protected override void ProcessRecord()
    {
        if (InputObject is null)
            return;
        var index = _seen++;
        if (Index is not null)
        {
            if (Index.Contains(index))
                Emit(InputObject);
            return;
        }

        if (Last == 0 && index < Skip)
            return;
        if (Last > 0 || SkipLast > 0)
        {
            Hold(InputObject);
            return;
        }

        Emit(InputObject);
        if (HasFirst && _written >= First)
            StopUpstream();
    }

    protected override void EndProcessing()
    {
        // With -Last, -Skip counts from the end.
        var ending = Last > 0 ? _last.Take(Math.Max(_last.Count - Skip, 0)).TakeLast(Last).ToList() : [];
        foreach (var item in ending)
            Emit(item);
    }

    private void Hold(PSObject item)
    {
        if (Last > 0 && HasFirst && _written < First)
        {
            Emit(item);
            return;
        }

        _last.Enqueue(item);
        if (Last > 0 && _last.Count > Last + Skip)
            _last.Dequeue();
        else if (SkipLast > 0 && _last.Count > SkipLast)
            Emit(_last.Dequeue());
    }

    private void StopUpstream()
    {
        if (!Wait)
            throw FormattingInternals.StopUpstream(this);
    }

    private void Emit(PSObject item)
    {
        if (HasFirst && Last == 0 && _written >= First)
            return;
        var selected = _properties.Count == 0 ? item : Projected(item);
        if (Unique && _unique.Exists(known => AreAlike(known, selected)))
            return;
        if (Unique)
            _unique.Add(selected);
        _written++;
        if (ExpandProperty is null)
            WriteObject(selected);
        else
            Expand(item);
    }

    private PSObject Projected(PSObject item)
    {
        var result = new PSObject();
        var excluded = ExcludeProperty.Select(p => new WildcardPattern(p, WildcardOptions.IgnoreCase)).ToList();
        foreach (var (name, value) in _properties.SelectMany(p => p.NamedValuesOf(item)))
        {
            if (result.Properties[name] is null && !excluded.Exists(p => p.IsMatch(name)))
                result.Properties.Add(new PSNoteProperty(name, value));
        }

        // As pwsh marks it, so that a view made for the type is not used for a part of it.
        result.TypeNames.Insert(0, "Selected." + item.BaseObject.GetType());
        return result;
    }

    private void Expand(PSObject item)
    {
        if (item.Properties[ExpandProperty!] is null)
        {
            WriteError(new ErrorRecord(
                new PSArgumentException($"Property \"{ExpandProperty}\" cannot be found."),
                "ExpandPropertyNotFound", ErrorCategory.InvalidArgument, item));
            return;
        }

        WriteObject(PropertyExpression.Parse([ExpandProperty!])[0].ValueOf(item), enumerateCollection: true);
    }

    private static bool AreAlike(PSObject one, PSObject other)
    {
        if (one.BaseObject is not PSCustomObject || other.BaseObject is not PSCustomObject)
            return LanguagePrimitives.Equals(one, other);
        var names = one.Properties.Select(p => p.Name).ToList();
        return names.SequenceEqual(other.Properties.Select(p => p.Name), StringComparer.OrdinalIgnoreCase)
            && names.TrueForAll(n => LanguagePrimitives.Equals(one.Properties[n].Value, other.Properties[n].Value));
    }
}
