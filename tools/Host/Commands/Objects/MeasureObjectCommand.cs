using System.Globalization;
using System.Management.Automation;

namespace Grap.Host.Commands.Objects;

[Cmdlet("Measure", "Object")]
[OutputType(typeof(GenericMeasureInfo))]
public sealed class MeasureObjectCommand : PSCmdlet
{
    private readonly List<object> _values = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Position = 0)]
    public string? Property { get; set; }

    [Parameter]
    public SwitchParameter Sum { get; set; }

    [Parameter]
    public SwitchParameter Average { get; set; }

    [Parameter]
    public SwitchParameter Maximum { get; set; }

    [Parameter]
    public SwitchParameter Minimum { get; set; }

    protected override void ProcessRecord()
    {
        var value = Property is null || InputObject is null ? InputObject : InputObject.Properties[Property]?.Value;
        if (value is not null)
            _values.Add(value);
    }

    protected override void EndProcessing()
    {
        var numbers = Sum || Average
            ? _values.ConvertAll(v => LanguagePrimitives.ConvertTo<double>(v))
            : [];
        WriteObject(new GenericMeasureInfo
        {
            Count = _values.Count,
            Sum = Sum ? numbers.Sum() : null,
            Average = Average && numbers.Count > 0 ? numbers.Average() : null,
            Maximum = Maximum ? Extreme(1) : null,
            Minimum = Minimum ? Extreme(-1) : null,
            Property = Property,
        });
    }

    private object? Extreme(int sign) => _values.Count == 0 ? null : _values.Aggregate((one, other) =>
        LanguagePrimitives.Compare(other, one, ignoreCase: true, CultureInfo.InvariantCulture) * sign > 0
            ? other
            : one);
}

/// <summary>What Measure-Object found; nothing where it was not asked for.</summary>
public sealed class GenericMeasureInfo
{
    public int Count { get; init; }

    public double? Average { get; init; }

    public double? Sum { get; init; }

    public object? Maximum { get; init; }

    public object? Minimum { get; init; }

    public string? Property { get; init; }
}
