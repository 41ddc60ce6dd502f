using System.Management.Automation;
using Grap.Configuration;
using Grap.PowerShell.Completion;
using Grap.PowerShell.Running;
using Grap.Servers;

namespace Grap.PowerShell.Sessions;

/// <summary>A command that reaches a server: through a session that is given, or one that it opens for itself from
/// <c>-Uri</c>, <c>-Credential</c> and <c>-Database</c>, or the settings, and closes at its end.</summary>
public abstract class SessionCommand : GrapCommand
{
    private protected const string BySession = "Session";
    private protected const string ByAddress = "Address";

    private Session? _own;

    /// <summary>A session that <c>New-GrapSession</c> opened, or its number.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySession)]
    [SessionArgument]
    public virtual Session? Session { get; set; }

    /// <summary>The server's address.</summary>
    [Parameter(ParameterSetName = ByAddress)]
    [ArgumentCompleter(typeof(UriCompleter))]
    public string? Uri { get; set; }

    /// <summary>User and password.</summary>
    [Parameter(ParameterSetName = ByAddress)]
    public PSCredential? Credential { get; set; }

    /// <summary>The database.</summary>
    [Parameter(ParameterSetName = ByAddress)]
    [ArgumentCompleter(typeof(DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>Where the command would connect to, without connecting. Call it on the pipeline thread.</summary>
    private protected SessionTarget Target()
    {
        if (Session is { } given)
            return new SessionTarget(given, null);
        var settings = LoadSettings((SettingName.Uri, Uri), (SettingName.Database, Database));
        return new SessionTarget(null, ServerLogin.Options(settings, Credential));
    }

    /// <summary>The session given, or the command's own, opened now where it is not yet.</summary>
    private protected async Task<Session> OpenAsync(SessionTarget target, CancellationToken cancellation)
    {
        if (target.Given is { } given)
            return given;
        return _own ??= await ServerLogin.OpenAsync(target.Options!, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void End() => CloseOwn();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            CloseOwn();
        base.Dispose(disposing);
    }

    private void CloseOwn()
    {
        var own = _own;
        _own = null;
        // On a pool thread: nothing of the pipeline may be waited for here.
        if (own is not null)
            Task.Run(async () => await own.DisposeAsync().ConfigureAwait(false)).GetAwaiter().GetResult();
    }
}

/// <summary>A session that is open, or how to open one.</summary>
internal sealed record SessionTarget(Session? Given, SessionOptions? Options)
{
    /// <summary>The server's address, without credentials.</summary>
    public string Address => Given?.Uri ?? Options!.Address.ToString();

    /// <summary>The database; null for the home database of a server that was not reached yet.</summary>
    public string? Database => Given is { } session ? session.Database : Options!.Database;

    /// <summary>The address and the database, for messages.</summary>
    public override string ToString() =>
        Database is null ? $"the home database at {Address}" : $"database {Database} at {Address}";
}
