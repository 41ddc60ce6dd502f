using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Grap.Host.EngineAccess;
using Grap.Host.Terminal;

namespace Grap.Host.Running;

/// <summary>Runs one script file to its end and says what the process should exit with.</summary>
internal static class ScriptRun
{
    private const int Failure = 1;
    private const int Interrupted = 130;

    /// <param name="script">The script, relative to the process's current folder.</param>
    /// <param name="arguments">Its arguments, as words.</param>
    /// <param name="module">A module to import first, or none.</param>
    public static int Execute(string script, IReadOnlyList<string> arguments, string? module)
    {
        var path = Path.GetFullPath(script);
        if (!File.Exists(path))
            throw new UsageException($"There is no script {path}.");
        var host = new TerminalHost();
        using var runspace = Engine.Open(host);
        runspace.SessionStateProxy.Path.SetLocation(Environment.CurrentDirectory);
        RunspaceInternals.RethrowExit(runspace);
        if (module is not null && Import(runspace, module, host) is var code and not 0)
            return code;

        var command = new Command(path, isScript: false, useLocalScope: false);
        ScriptArguments.AddTo(command, arguments);
        return Invoke(runspace, command, host);
    }

    private static int Import(Runspace runspace, string module, TerminalHost host)
    {
        var command = new Command("Import-Module");
        command.Parameters.Add("Name", Path.GetFullPath(module));
        command.Parameters.Add("ErrorAction", ActionPreference.Stop);
        return Invoke(runspace, command, host);
    }

    private static int Invoke(Runspace runspace, Command command, TerminalHost host)
    {
        using var shell = PowerShell.Create(runspace);
        shell.Commands.AddCommand(command);
        command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");
        using var stop = new StopSignal(shell);
        try
        {
            shell.Invoke();
            return host.ExitCode ?? (stop.Requested ? Interrupted : 0);
        }
        catch (ExitException e)
        {
            return LanguagePrimitives.TryConvertTo(e.Argument, out int code) ? code : 0;
        }
        catch (PipelineStoppedException)
        {
            return Interrupted;
        }
        catch (RuntimeException e)
        {
            ErrorReport.Show(runspace, e.ErrorRecord);
            return Failure;
        }
    }
}
