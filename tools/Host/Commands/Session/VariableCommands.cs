using System.Management.Automation;

namespace Grap.Host.Commands.Session;

/// <summary>Variables by name, in the scope where the command stands or in a named one.</summary>
public abstract class VariableCommand : PSCmdlet
{
    [Parameter]
    public string? Scope { get; set; }

    private protected string Qualified(string name) => Scope?.ToUpperInvariant() switch
    {
        null or "0" or "LOCAL" => name,
        "GLOBAL" => "global:" + name,
        "SCRIPT" => "script:" + name,
        _ => throw new NotSupportedException($"-Scope {Scope} is not supported here: local, script and global are."),
    };
}

[Cmdlet(VerbsCommon.Get, "Variable")]
[OutputType(typeof(PSVariable))]
public sealed class GetVariableCommand : VariableCommand
{
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public string[] Name { get; set; } = ["*"];

    [Parameter]
    public SwitchParameter ValueOnly { get; set; }

    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            var found = WildcardPattern.ContainsWildcardCharacters(name)
                ? InvokeProvider.Item.Get("variable:" + name).Select(o => (PSVariable)o.BaseObject)
                : SessionState.PSVariable.Get(Qualified(name)) is { } one ? [one] : Missing(name);
            foreach (var variable in found)
                WriteObject(ValueOnly ? variable.Value : variable);
        }
    }

    private PSVariable[] Missing(string name)
    {
        WriteError(new ErrorRecord(
            new ItemNotFoundException($"Cannot find a variable with the name '{name}'."),
            "VariableNotFound", ErrorCategory.ObjectNotFound, name));
        return [];
    }
}

[Cmdlet(VerbsCommon.Set, "Variable", SupportsShouldProcess = true)]
public sealed class SetVariableCommand : VariableCommand
{
    [Parameter(Position = 0, Mandatory = true)]
    public string[] Name { get; set; } = [];

    [Parameter(Position = 1)]
    public object? Value { get; set; }

    [Parameter]
    public ScopedItemOptions Option { get; set; }

    protected override void EndProcessing()
    {
        foreach (var name in Name)
        {
            if (!ShouldProcess($"Name: {name}", "Set variable"))
                continue;
            SessionState.PSVariable.Set(Qualified(name), Value);
            if (Option != ScopedItemOptions.None)
                SessionState.PSVariable.Get(Qualified(name)).Options = Option;
        }
    }
}

[Cmdlet(VerbsCommon.Remove, "Variable", SupportsShouldProcess = true)]
public sealed class RemoveVariableCommand : VariableCommand
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public string[] Name { get; set; } = [];

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            if (SessionState.PSVariable.Get(Qualified(name)) is null)
            {
                WriteError(new ErrorRecord(
                    new ItemNotFoundException($"Cannot find a variable with the name '{name}'."),
                    "VariableNotFound", ErrorCategory.ObjectNotFound, name));
            }
            else if (ShouldProcess($"Name: {name}", "Remove variable"))
            {
                SessionState.PSVariable.Remove(Qualified(name));
            }
        }
    }
}
