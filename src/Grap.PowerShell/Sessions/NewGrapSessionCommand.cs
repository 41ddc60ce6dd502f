using System.Management.Automation;
using Grap.Configuration;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Running;
using Grap.PowerShell.Sessions;
using Grap.Servers;

namespace Grap.PowerShell;

/// <summary>Connects to a server once, for many commands.</summary>
[Cmdlet(VerbsCommon.New, "GrapSession")]
[OutputType(typeof(Session))]
public sealed class NewGrapSessionCommand : GrapCommand
{
    /// <summary>The server's address.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(UriCompleter))]
    public string? Uri { get; set; }

    /// <summary>User and password.</summary>
    [Parameter(Position = 1)]
    public PSCredential? Credential { get; set; }

    /// <summary>The database.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>Seconds until an attempt to connect is given up.</summary>
    [Parameter]
    [ValidateRange(1, 3600)]
    public int ConnectTimeout { get; set; } = 10;

    /// <inheritdoc/>
    protected override void Process()
    {
        var settings = LoadSettings((SettingName.Uri, Uri), (SettingName.Database, Database));
        var options = ServerLogin.Options(settings, Credential) with
        {
            ConnectTimeout = TimeSpan.FromSeconds(ConnectTimeout),
        };
        Run(async worker =>
        {
            var session = await ServerLogin.OpenAsync(options, worker.Cancellation).ConfigureAwait(false);
            OpenSessions.OfProcess.Add(session);
            worker.Output(session);
        });
    }
}
