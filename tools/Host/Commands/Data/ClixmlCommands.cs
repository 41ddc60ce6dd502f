using System.Management.Automation;
using System.Text;

namespace Grap.Host.Commands.Data;

[Cmdlet(VerbsData.Export, "Clixml", SupportsShouldProcess = true)]
public sealed class ExportClixmlCommand : PSCmdlet
{
    private readonly List<object?> _items = [];

    [Parameter(Position = 0, Mandatory = true)]
    [Alias("LiteralPath", "PSPath", "LP")]
    public string Path { get; set; } = string.Empty;

    [Parameter(Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public PSObject? InputObject { get; set; }

    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Depth { get; set; } = 2;

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord() => _items.Add(InputObject);

    protected override void EndProcessing()
    {
        var path = GetUnresolvedProviderPathFromPSPath(Path);
        if (!ShouldProcess(path, "Export-Clixml"))
            return;
        // One object or an array that carries several: reading it back gives the same pipeline.
        var value = _items.Count == 1 ? _items[0] : _items.ToArray();
        var depth = Depth + (_items.Count == 1 ? 0 : 1);
        File.WriteAllText(path, PSSerializer.Serialize(value, depth), Encoding.Unicode);
    }
}

[Cmdlet(VerbsData.Import, "Clixml")]
public sealed class ImportClixmlCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [Alias("LiteralPath", "PSPath", "LP")]
    public string[] Path { get; set; } = [];

    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            var text = File.ReadAllText(GetUnresolvedProviderPathFromPSPath(path));
            WriteObject(PSSerializer.Deserialize(text), enumerateCollection: true);
        }
    }
}
