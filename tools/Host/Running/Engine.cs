using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Grap.Host.Pester;
using Microsoft.PowerShell;

namespace Grap.Host.Running;

/// <summary>Opens the runspace in which scripts run.</summary>
internal static class Engine
{
    /// <summary>Folder with the manifests under which every runspace of the process finds our commands.</summary>
    private static readonly string ModulesFolder = Path.Combine(AppContext.BaseDirectory, "Modules");

    /// <param name="host">Where output goes.</param>
    /// <param name="withPester">Whether to add the keywords of test files.</param>
    /// <returns>An open runspace; the caller closes it.</returns>
    public static Runspace Open(PSHost host, bool withPester = false)
    {
        AddModulesFolder();
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        // Directly, as importing the manifests would cost a quarter of a second at every start.
        foreach (var type in Assembly.GetExecutingAssembly().GetTypes())
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is { } cmdlet && (IsStandard(type) || withPester))
                Add(state, type, cmdlet);
        }

        var runspace = RunspaceFactory.CreateRunspace(host, state);
        runspace.Open();
        return runspace;
    }

    private static void Add(InitialSessionState state, Type type, CmdletAttribute cmdlet)
    {
        var full = $"{cmdlet.VerbName}-{cmdlet.NounName}";
        state.Commands.Add(new SessionStateCmdletEntry(full, type, null));
        // A cmdlet's name must have a dash; Pester's keywords have none.
        if (PesterRun.CommandName(cmdlet) is var name && name != full)
            state.Commands.Add(new SessionStateAliasEntry(name, full));
    }

    private static bool IsStandard(Type type) =>
        type.Namespace?.StartsWith("Grap.Host.Commands", StringComparison.Ordinal) == true;

    private static void AddModulesFolder()
    {
        const string variable = "PSModulePath";
        var current = Environment.GetEnvironmentVariable(variable);
        if (current?.Split(Path.PathSeparator).Contains(ModulesFolder, StringComparer.Ordinal) == true)
            return;
        var value = string.IsNullOrEmpty(current) ? ModulesFolder : current + Path.PathSeparator + ModulesFolder;
        Environment.SetEnvironmentVariable(variable, value);
    }
}
