namespace Grap.Servers.Installations;

/// <summary>A server that was left running, to be looked at. Its databases can only be read.</summary>
public sealed class KeptServer
{
    private readonly string _password;

    internal KeptServer(string uri, string user, string password) => (Uri, User, _password) = (uri, user, password);

    /// <summary>Where it listens.</summary>
    public string Uri { get; }

    /// <summary>The user.</summary>
    public string User { get; }

    /// <summary>The user's password. No property, so that nothing prints it that prints objects.</summary>
    public string ReadPassword() => _password;

    /// <summary>The address.</summary>
    public override string ToString() => Uri;
}
