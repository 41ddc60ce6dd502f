using System.Management.Automation;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Servers;

namespace Grap.PowerShell;

/// <summary>Lists the sessions that are open.</summary>
[Cmdlet(VerbsCommon.Get, "GrapSession")]
[OutputType(typeof(Session))]
public sealed class GetGrapSessionCommand : GrapCommand
{
    /// <summary>The numbers of the sessions wanted.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    public int[]? Number { get; set; }

    /// <inheritdoc/>
    protected override void Process()
    {
        if (Number is null)
        {
            WriteObject(OpenSessions.OfProcess.List(), enumerateCollection: true);
            return;
        }
        foreach (var number in Number)
        {
            if (OpenSessions.OfProcess.Find(number) is { IsOpen: true } session)
                WriteObject(session);
            else
                WriteError(ErrorRecords.From(NotOpen(number)));
        }
    }

    private static GrapException NotOpen(int number) => new(
        GrapCondition.SessionClosed, $"No session {number} is open.", "Get-GrapSession lists those that are.", number);
}
