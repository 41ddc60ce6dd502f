using System.Management.Automation;

namespace Grap.Host.Commands.Items;

/// <summary>A command that works on the items at <c>-Path</c> (wildcards) or <c>-LiteralPath</c> (none).</summary>
public abstract class ItemCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Path", ValueFromPipeline = true)]
    public virtual string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP")]
    public string[] LiteralPath { get; set; } = [];

    private protected bool Literal => ParameterSetName == "LiteralPath";

    private protected string[] Paths => Literal ? LiteralPath : Path;

    protected override void ProcessRecord()
    {
        foreach (var path in Paths)
            ItemErrors.Run(this, path, () => Process(path));
    }

    private protected abstract void Process(string path);
}
