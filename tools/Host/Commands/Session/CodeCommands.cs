using System.Management.Automation;
using System.Reflection;

namespace Grap.Host.Commands.Session;

[Cmdlet(VerbsLifecycle.Invoke, "Expression")]
public sealed class InvokeExpressionCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    public string Command { get; set; } = string.Empty;

    protected override void ProcessRecord() => WriteObject(
        InvokeCommand.InvokeScript(useLocalScope: false, ScriptBlock.Create(Command), input: null),
        enumerateCollection: true);
}

/// <summary>Loads assemblies. Compiling source is for pwsh, which brings a compiler.</summary>
[Cmdlet(VerbsCommon.Add, "Type", DefaultParameterSetName = "Path")]
public sealed class AddTypeCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Path")]
    [Alias("LiteralPath", "PSPath", "LP")]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = "Name")]
    [Alias("AN")]
    public string[] AssemblyName { get; set; } = [];

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void EndProcessing()
    {
        var assemblies = ParameterSetName == "Path"
            ? Path.Select(path => Assembly.LoadFrom(GetUnresolvedProviderPathFromPSPath(path)))
            : AssemblyName.Select(name => Assembly.Load(new AssemblyName(name)));
        foreach (var assembly in assemblies)
        {
            if (PassThru)
                WriteObject(assembly.GetExportedTypes(), enumerateCollection: true);
        }
    }
}
