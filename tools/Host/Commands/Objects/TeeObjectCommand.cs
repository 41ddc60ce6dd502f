using System.Management.Automation;

namespace Grap.Host.Commands.Objects;

/// <summary>To a variable only; files are for Out-File.</summary>
[Cmdlet("Tee", "Object")]
public sealed class TeeObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    [Parameter(Mandatory = true)]
    public string Variable { get; set; } = string.Empty;

    protected override void ProcessRecord()
    {
        if (InputObject is not null)
            _items.Add(InputObject);
        WriteObject(InputObject);
    }

    protected override void EndProcessing() =>
        SessionState.PSVariable.Set(Variable, _items.Count == 1 ? _items[0] : _items.ToArray());
}
