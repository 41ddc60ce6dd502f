namespace Grap.Bolt;

/// <summary>How a client proves who it is. No member prints a secret.</summary>
public abstract record BoltAuth
{
    private BoltAuth() { }

    /// <summary>No authentication.</summary>
    public static BoltAuth None { get; } = new NoAuth();

    /// <summary>User and password.</summary>
    public static BoltAuth Basic(string user, string password) => new BasicAuth(user, password);

    /// <summary>A bearer token of single sign-on.</summary>
    public static BoltAuth Bearer(string token) => new BearerAuth(token);

    internal sealed record NoAuth : BoltAuth { public override string ToString() => "none"; }
    internal sealed record BasicAuth(string User, string Password) : BoltAuth
    {
        public override string ToString() => $"basic {User}";
    }
    internal sealed record BearerAuth(string Token) : BoltAuth { public override string ToString() => "bearer"; }
}
