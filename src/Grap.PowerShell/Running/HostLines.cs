using System.Management.Automation;

namespace Grap.PowerShell.Running;

/// <summary>Writes lines as <c>Write-Host</c> does: the host shows them, on standard output where nobody looks, and
/// they are no output of the command.</summary>
internal static class HostLines
{
    private static readonly string[] s_tags = ["PSHOST"];

    /// <summary>Writes one. Call it on the pipeline thread.</summary>
    public static void Write(Cmdlet cmdlet, string line) =>
        cmdlet.WriteInformation(new HostInformationMessage { Message = line }, s_tags);
}
