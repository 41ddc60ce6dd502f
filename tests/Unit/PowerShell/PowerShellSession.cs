using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Grap.Tests.Unit.PowerShell;

/// <summary>A runspace that knows PowerShell's core commands and the given cmdlets.</summary>
internal sealed class PowerShellSession : IDisposable
{
    private readonly Runspace _runspace;

    public PowerShellSession(params Type[] cmdlets)
    {
        var state = InitialSessionState.CreateDefault2();
        foreach (var type in cmdlets)
        {
            var name = type.GetCustomAttributes(typeof(CmdletAttribute), false).Cast<CmdletAttribute>().Single();
            state.Commands.Add(new SessionStateCmdletEntry($"{name.VerbName}-{name.NounName}", type, helpFileName: null));
        }
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
    }

    public System.Management.Automation.PowerShell Script(string text)
    {
        var shell = System.Management.Automation.PowerShell.Create(_runspace);
        return shell.AddScript(text);
    }

    public void Dispose() => _runspace.Dispose();
}
