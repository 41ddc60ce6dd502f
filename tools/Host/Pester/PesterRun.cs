using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Grap.Host.Pester.Keywords;
using Grap.Host.Running;
using Grap.Host.Terminal;

namespace Grap.Host.Pester;

/// <summary>
/// Runs Pester files where Pester is not installed: a subset of Pester 5, strict about what it does not know.
/// </summary>
internal static class PesterRun
{
    private const string KeywordVerb = "Pester";

    /// <returns>0 when every test passed or was skipped, 1 otherwise; also when there was no test at all.</returns>
    public static int Execute(PesterOptions options)
    {
        var files = options.Files();
        var session = new PesterSession();
        var host = new TerminalHost { Pester = session };
        var report = new TestReport(host.UI);
        using var runspace = Engine.Open(host, withPester: true);
        runspace.SessionStateProxy.Path.SetLocation(Environment.CurrentDirectory);
        if (options.Module is not null)
            Invoke(runspace, host, new Command("Import-Module") { Parameters = { { "Name", options.Module } } });

        foreach (var file in files)
        {
            var problems = SubsetCheck.Problems(file);
            foreach (var problem in problems)
                report.RunFailed(file, problem);
            if (problems.Count > 0)
                continue;
            var work = new FileWork(cmdlet => new FileRun(file, cmdlet, session, report, options.Filter).Run());
            var command = new Command("Invoke-PesterFile") { Parameters = { { "Work", new PSObject(work) } } };
            if (!Invoke(runspace, host, command))
                report.RunFailed(file, "The run was stopped.");
        }

        if (report is { IsEmpty: true, HasFailed: false })
            report.RunFailed("--pester", "No test was found.");
        report.WriteTotal();
        if (options.ResultFile is not null)
            report.Save(options.ResultFile);
        return report.HasFailed ? 1 : 0;
    }

    /// <summary>The name under which a cmdlet class of this subset is known to test files.</summary>
    public static string CommandName(CmdletAttribute cmdlet) =>
        cmdlet.VerbName == KeywordVerb ? cmdlet.NounName : $"{cmdlet.VerbName}-{cmdlet.NounName}";

    private static bool Invoke(Runspace runspace, TerminalHost host, Command command)
    {
        using var shell = PowerShell.Create(runspace);
        shell.Commands.AddCommand(command);
        shell.Streams.Error.DataAdded += (_, e) => host.UI.WriteErrorLine(shell.Streams.Error[e.Index].ToString());
        using var stop = new StopSignal(shell);
        try
        {
            shell.Invoke();
            return !stop.Requested;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
    }
}
