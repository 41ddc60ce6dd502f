using System.Globalization;
using System.Management.Automation;

namespace Grap.Host.Commands.Objects;

[Cmdlet(VerbsData.Compare, "Object")]
public sealed class CompareObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _difference = [];

    [Parameter(Position = 0, Mandatory = true)]
    [AllowEmptyCollection]
    public PSObject[] ReferenceObject { get; set; } = [];

    [Parameter(Position = 1, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyCollection]
    public PSObject[] DifferenceObject { get; set; } = [];

    [Parameter]
    public object[]? Property { get; set; }

    [Parameter]
    public SwitchParameter IncludeEqual { get; set; }

    [Parameter]
    public SwitchParameter ExcludeDifferent { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord() => _difference.AddRange(DifferenceObject);

    protected override void EndProcessing()
    {
        var properties = PropertyExpression.Parse(Property);
        var left = new List<PSObject>();
        foreach (var item in ReferenceObject)
        {
            var match = _difference.FindIndex(other => AreEqual(item, other, properties));
            if (match < 0)
            {
                left.Add(item);
                continue;
            }

            _difference.RemoveAt(match);
            if (IncludeEqual || ExcludeDifferent)
                Emit(item, "==", properties);
        }

        if (ExcludeDifferent)
            return;
        _difference.ForEach(item => Emit(item, "=>", properties));
        left.ForEach(item => Emit(item, "<=", properties));
    }

    private static bool AreEqual(PSObject one, PSObject other, IReadOnlyList<PropertyExpression> properties) =>
        properties.Count == 0
            ? LanguagePrimitives.Equals(one, other, ignoreCase: true, CultureInfo.InvariantCulture)
            : properties.All(p => LanguagePrimitives.Equals(
                p.ValueOf(one), p.ValueOf(other), ignoreCase: true, CultureInfo.InvariantCulture));

    private void Emit(PSObject item, string side, IReadOnlyList<PropertyExpression> properties)
    {
        var result = PassThru ? item : new PSObject();
        if (!PassThru && properties.Count == 0)
            result.Properties.Add(new PSNoteProperty("InputObject", item));
        foreach (var (name, value) in PassThru ? [] : properties.SelectMany(p => p.NamedValuesOf(item)))
            result.Properties.Add(new PSNoteProperty(name, value));
        result.Properties.Add(new PSNoteProperty("SideIndicator", side));
        WriteObject(result);
    }
}
