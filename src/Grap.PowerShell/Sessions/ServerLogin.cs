using System.Management.Automation;
using Grap.Bolt;
using Grap.Configuration;
using Grap.Servers;

namespace Grap.PowerShell.Sessions;

/// <summary>From settings and a credential to an open session.</summary>
internal static class ServerLogin
{
    /// <summary>How to connect: the address and database of the settings; the credential, or else
    /// <c>NEO4J_AUTH</c>.</summary>
    public static SessionOptions Options(GrapSettings settings, PSCredential? credential)
    {
        var (auth, user) = credential is not null
            ? (BoltAuth.Basic(credential.UserName, credential.GetNetworkCredential().Password), credential.UserName)
            : settings.Auth is { } login
                ? (BoltAuth.Basic(login.User, login.Password), login.User)
                : (BoltAuth.None, null);
        return new SessionOptions(settings.Uri, auth) { Database = settings.Database, User = user };
    }

    /// <summary>Connects. Throws <see cref="GrapException"/> for whatever the wire reports.</summary>
    public static async Task<Session> OpenAsync(SessionOptions options, CancellationToken cancellation)
    {
        try
        {
            return await Session.OpenAsync(options, cancellation).ConfigureAwait(false);
        }
        catch (BoltException e)
        {
            throw ServerFailure.From(e, options.Address.ToString());
        }
    }
}
