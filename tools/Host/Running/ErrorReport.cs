using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace Grap.Host.Running;

/// <summary>Shows an error that ended a script, in the view that <c>$ErrorView</c> asks for.</summary>
internal static class ErrorReport
{
    public static void Show(Runspace runspace, ErrorRecord error)
    {
        using var shell = PowerShell.Create(runspace);
        // The mark by which the formatter tells an error from an object that merely holds one.
        var shown = PSObject.AsPSObject(error);
        shown.Properties.Add(new PSNoteProperty("writeErrorStream", true));
        shell.AddCommand("Out-Default").Invoke(new[] { shown });
    }
}
