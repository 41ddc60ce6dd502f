using System.Management.Automation;

namespace Grap.Host.Commands.Items;

[Cmdlet(VerbsCommon.New, "Item", SupportsShouldProcess = true)]
public sealed class NewItemCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string[] Path { get; set; } = [];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    public string? Name { get; set; }

    [Parameter]
    [Alias("Type")]
    public string ItemType { get; set; } = "File";

    [Parameter(ValueFromPipeline = true)]
    [Alias("Target")]
    public object? Value { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (var path in Path)
        {
            var full = Name is null ? path : SessionState.Path.Combine(path, Name);
            if (!ShouldProcess(full, $"Create {ItemType}"))
                continue;
            WriteObject(
                ItemErrors.Collect(
                    this, path, () => InvokeProvider.Item.New([path], Name, ItemType, Value, Force)),
                enumerateCollection: true);
        }
    }
}

[Cmdlet(VerbsCommon.Remove, "Item", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
public sealed class RemoveItemCommand : ItemCommand
{
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process(string path)
    {
        // Resolved first: an absent path is an error, a wildcard that matches nothing is not.
        foreach (var item in InvokeProvider.Item.Get([path], Force, Literal))
        {
            var itemPath = item.Properties["PSPath"].Value.ToString()!;
            var name = SessionState.Path.GetUnresolvedProviderPathFromPSPath(itemPath);
            if (!ShouldProcess(name, "Remove"))
                continue;
            if (!Recurse && item.BaseObject is DirectoryInfo folder && folder.EnumerateFileSystemInfos().Any())
                throw new PSInvalidOperationException($"{name} is not empty: -Recurse removes what is in it.");
            InvokeProvider.Item.Remove([itemPath], Recurse, Force, literalPath: true);
        }
    }
}

/// <summary>What Copy-Item and Move-Item have in common.</summary>
public abstract class TransferItemCommand : ItemCommand
{
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    public string Destination { get; set; } = ".";

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process(string path)
    {
        if (!ShouldProcess($"Item: {path} Destination: {Destination}"))
            return;
        var result = Transfer(path);
        if (PassThru)
            WriteObject(result, enumerateCollection: true);
    }

    private protected abstract IEnumerable<PSObject> Transfer(string path);
}

[Cmdlet(VerbsCommon.Copy, "Item", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
public sealed class CopyItemCommand : TransferItemCommand
{
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    private protected override IEnumerable<PSObject> Transfer(string path) => InvokeProvider.Item.Copy(
        [path], Destination, Recurse, CopyContainers.CopyTargetContainer, Force, Literal);
}

[Cmdlet(VerbsCommon.Move, "Item", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
public sealed class MoveItemCommand : TransferItemCommand
{
    private protected override IEnumerable<PSObject> Transfer(string path) =>
        InvokeProvider.Item.Move([path], Destination, Force, Literal);
}

[Cmdlet(VerbsCommon.Rename, "Item", SupportsShouldProcess = true)]
public sealed class RenameItemCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LiteralPath", "LP")]
    public string Path { get; set; } = string.Empty;

    [Parameter(Position = 1, Mandatory = true)]
    public string NewName { get; set; } = string.Empty;

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        if (ShouldProcess($"Item: {Path} Destination: {NewName}"))
            ItemErrors.Run(this, Path, () => InvokeProvider.Item.Rename(Path, NewName, Force));
    }
}
