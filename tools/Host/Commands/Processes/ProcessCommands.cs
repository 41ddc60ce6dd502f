using System.ComponentModel;
using System.Diagnostics;
using System.Management.Automation;

namespace Grap.Host.Commands.Processes;

[Cmdlet(VerbsCommon.Get, "Process", DefaultParameterSetName = "Name")]
[OutputType(typeof(Process))]
public sealed class GetProcessCommand : PSCmdlet
{
    [Parameter(Position = 0, ParameterSetName = "Name")]
    [Alias("ProcessName")]
    public string[] Name { get; set; } = ["*"];

    [Parameter(Mandatory = true, ParameterSetName = "Id", ValueFromPipelineByPropertyName = true)]
    [Alias("PID")]
    public int[] Id { get; set; } = [];

    protected override void ProcessRecord()
    {
        if (ParameterSetName == "Id")
        {
            foreach (var id in Id)
                WriteObject(ProcessById.Find(this, id), enumerateCollection: true);
            return;
        }

        var all = Process.GetProcesses().OrderBy(p => p.ProcessName, StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var name in Name)
        {
            var pattern = new WildcardPattern(name, WildcardOptions.IgnoreCase);
            var found = all.Where(p => pattern.IsMatch(p.ProcessName)).ToList();
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                ProcessById.ReportMissing(this, name, "NoProcessFoundForGivenName");
            WriteObject(found, enumerateCollection: true);
        }
    }
}

[Cmdlet(VerbsLifecycle.Stop, "Process", SupportsShouldProcess = true, DefaultParameterSetName = "Id")]
public sealed class StopProcessCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Id", ValueFromPipelineByPropertyName = true)]
    public int[] Id { get; set; } = [];

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    public Process[] InputObject { get; set; } = [];

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        var processes = ParameterSetName == "Id" ? Id.SelectMany(id => ProcessById.Find(this, id)) : InputObject;
        foreach (var process in processes)
        {
            if (ShouldProcess($"{process.ProcessName} ({process.Id})"))
                process.Kill();
        }
    }
}

[Cmdlet(VerbsLifecycle.Wait, "Process", DefaultParameterSetName = "Id")]
public sealed class WaitProcessCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Id", ValueFromPipelineByPropertyName = true)]
    public int[] Id { get; set; } = [];

    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    public Process[] InputObject { get; set; } = [];

    [Parameter]
    [Alias("TimeoutSec")]
    public int Timeout { get; set; } = -1;

    protected override void ProcessRecord()
    {
        var processes = ParameterSetName == "Id" ? Id.SelectMany(id => ProcessById.Find(this, id)) : InputObject;
        foreach (var process in processes)
        {
            if (process.WaitForExit(Timeout < 0 ? -1 : Timeout * 1000))
                continue;
            WriteError(new ErrorRecord(
                new TimeoutException($"{process.ProcessName} ({process.Id}) is still running after {Timeout} s."),
                "ProcessNotTerminated", ErrorCategory.CloseError, process));
        }
    }
}

[Cmdlet(VerbsLifecycle.Start, "Process", SupportsShouldProcess = true)]
[OutputType(typeof(Process))]
public sealed class StartProcessCommand : PSCmdlet
{
    [Parameter(Position = 0, Mandatory = true)]
    [Alias("PSPath", "Path")]
    public string FilePath { get; set; } = string.Empty;

    [Parameter(Position = 1)]
    [Alias("Args")]
    public string[] ArgumentList { get; set; } = [];

    [Parameter]
    public string? WorkingDirectory { get; set; }

    [Parameter]
    public SwitchParameter Wait { get; set; }

    [Parameter]
    public SwitchParameter PassThru { get; set; }

    [Parameter]
    [Alias("nnw")]
    public SwitchParameter NoNewWindow { get; set; }

    protected override void EndProcessing()
    {
        if (!ShouldProcess($"{FilePath} {string.Join(' ', ArgumentList)}"))
            return;
        // As in pwsh, the arguments are one line: whoever has blanks in one quotes it.
        var start = new ProcessStartInfo(FilePath, string.Join(' ', ArgumentList))
        {
            WorkingDirectory = GetUnresolvedProviderPathFromPSPath(WorkingDirectory ?? "."),
        };
        try
        {
            var process = Process.Start(start)!;
            if (Wait)
                process.WaitForExit();
            if (PassThru)
                WriteObject(process);
        }
        catch (Win32Exception e)
        {
            ThrowTerminatingError(new ErrorRecord(
                new InvalidOperationException($"{FilePath} cannot be started: {e.Message}", e),
                "InvalidOperationException", ErrorCategory.InvalidOperation, FilePath));
        }
    }
}

internal static class ProcessById
{
    public static IEnumerable<Process> Find(PSCmdlet cmdlet, int id)
    {
        try
        {
            return [Process.GetProcessById(id)];
        }
        catch (ArgumentException)
        {
            ReportMissing(cmdlet, id, "NoProcessFoundForGivenId");
            return [];
        }
    }

    public static void ReportMissing(PSCmdlet cmdlet, object what, string errorId) => cmdlet.WriteError(new ErrorRecord(
        new ArgumentException($"Cannot find a process with the name or identifier {what}."),
        errorId, ErrorCategory.ObjectNotFound, what));
}
