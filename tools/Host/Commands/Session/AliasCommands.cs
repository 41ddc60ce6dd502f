using System.Management.Automation;

namespace Grap.Host.Commands.Session;

[Cmdlet(VerbsCommon.Get, "Alias")]
[OutputType(typeof(AliasInfo))]
public sealed class GetAliasCommand : PSCmdlet
{
    [Parameter(Position = 0)]
    public string[] Name { get; set; } = ["*"];

    protected override void EndProcessing()
    {
        foreach (var name in Name)
        {
            var found = InvokeCommand.GetCommands(name, CommandTypes.Alias, nameIsPattern: true).ToList();
            if (found.Count == 0)
            {
                WriteError(new ErrorRecord(
                    new ItemNotFoundException($"There is no alias '{name}'."),
                    "ItemNotFoundException", ErrorCategory.ObjectNotFound, name));
            }

            WriteObject(found, enumerateCollection: true);
        }
    }
}

[Cmdlet(VerbsCommon.Set, "Alias")]
public sealed class SetAliasCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    public string Name { get; set; } = string.Empty;

    [Parameter(Position = 1, Mandatory = true)]
    public string Value { get; set; } = string.Empty;

    protected override void EndProcessing() =>
        InvokeProvider.Item.Set("alias:" + Name, Value);
}
