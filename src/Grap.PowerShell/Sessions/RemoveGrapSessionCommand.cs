using System.Management.Automation;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Servers;

namespace Grap.PowerShell;

/// <summary>Closes sessions.</summary>
[Cmdlet(VerbsCommon.Remove, "GrapSession", SupportsShouldProcess = true)]
public sealed class RemoveGrapSessionCommand : GrapCommand
{
    /// <summary>The sessions, or their numbers.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [SessionArgument]
    public Session[] Session { get; set; } = [];

    /// <inheritdoc/>
    protected override void Process()
    {
        var sessions = Session;
        Run(async worker =>
        {
            foreach (var session in sessions)
            {
                var target = $"session {session.Number}, {session.Database} at {session.Uri}";
                if (await worker.ShouldProcessAsync(target, "Close").ConfigureAwait(false))
                    await OpenSessions.OfProcess.RemoveAsync(session).ConfigureAwait(false);
            }
        });
    }
}
