using System.Management.Automation;

namespace Grap.Host.Commands.Items;

[Cmdlet(VerbsCommon.Get, "Item", DefaultParameterSetName = "Path")]
public sealed class GetItemCommand : ItemCommand
{
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override void Process(string path) =>
        WriteObject(InvokeProvider.Item.Get([path], Force, Literal), enumerateCollection: true);
}

[Cmdlet(VerbsCommon.Get, "ChildItem", DefaultParameterSetName = "Path")]
public sealed class GetChildItemCommand : ItemCommand
{
    [Parameter(Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    public override string[] Path { get; set; } = ["."];

    [Parameter(Position = 1)]
    public string? Filter { get; set; }

    [Parameter]
    public string[] Include { get; set; } = [];

    [Parameter]
    public string[] Exclude { get; set; } = [];

    [Parameter]
    [Alias("s")]
    public SwitchParameter Recurse { get; set; }

    [Parameter]
    public uint Depth { get; set; } = uint.MaxValue;

    [Parameter]
    public SwitchParameter Force { get; set; }

    [Parameter]
    public SwitchParameter Name { get; set; }

    [Parameter]
    [Alias("ad")]
    public SwitchParameter Directory { get; set; }

    [Parameter]
    [Alias("af")]
    public SwitchParameter File { get; set; }

    private protected override void Process(string path)
    {
        var recurse = Recurse || MyInvocation.BoundParameters.ContainsKey(nameof(Depth));
        var found = InvokeProvider.ChildItem.Get([path], recurse, Depth, Force, Literal).Where(IsWanted);
        foreach (var item in found)
            WriteObject(Name ? item.Properties["PSChildName"].Value : item);
    }

    private bool IsWanted(PSObject item)
    {
        var isContainer = LanguagePrimitives.IsTrue(item.Properties["PSIsContainer"]?.Value);
        if ((Directory && !isContainer) || (File && isContainer))
            return false;
        var name = item.Properties["PSChildName"]?.Value?.ToString() ?? string.Empty;
        return (Filter is null || IsLike(name, Filter))
            && (Include.Length == 0 || Include.Any(pattern => IsLike(name, pattern)))
            && !Exclude.Any(pattern => IsLike(name, pattern));
    }

    private static bool IsLike(string name, string pattern) =>
        new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(name);
}
