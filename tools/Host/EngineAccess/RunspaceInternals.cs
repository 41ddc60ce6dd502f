using System.Management.Automation.Runspaces;
using System.Reflection;

namespace Grap.Host.EngineAccess;

/// <summary>What a console host needs of a runspace and the engine keeps to its own assemblies.</summary>
internal static class RunspaceInternals
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>
    /// Makes <c>exit</c> in a script end the pipeline with an <see cref="System.Management.Automation.ExitException"/>,
    /// so that it can be told from a script that ran to its end after a native command failed.
    /// </summary>
    public static void RethrowExit(Runspace runspace)
    {
        var context = Required(runspace.GetType().GetProperty("ExecutionContext", Any), "Runspace.ExecutionContext")
            .GetValue(runspace)!;
        Required(
            context.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", Any),
            "ExecutionContext.ScriptCommandProcessorShouldRethrowExit").SetValue(context, true);
    }

    private static PropertyInfo Required(PropertyInfo? property, string name) =>
        property ?? throw new MissingMemberException($"This version of System.Management.Automation has no {name}.");
}
