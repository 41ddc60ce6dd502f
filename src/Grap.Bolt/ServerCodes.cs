namespace Grap.Bolt;

/// <summary>Codes of Neo4j that this library acts upon
/// (https://neo4j.com/docs/status-codes/current/errors/all-errors/).</summary>
internal static class ServerCodes
{
    public const string NotALeader = "Neo.ClientError.Cluster.NotALeader";
    public const string ForbiddenOnReadOnlyDatabase = "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase";
    public const string AuthorizationExpired = "Neo.ClientError.Security.AuthorizationExpired";
    public const string DatabaseUnavailable = "Neo.TransientError.General.DatabaseUnavailable";

    private const string Security = "Neo.ClientError.Security.";

    /// <summary>Whether a code means that the credentials are not (or no longer) accepted, as opposed to accepted but
    /// not allowed to do something.</summary>
    public static bool RefusesCredentials(string? code) => code is Security + "Unauthorized"
        or Security + "AuthenticationRateLimit" or Security + "CredentialsExpired" or Security + "TokenExpired";

    /// <summary>Whether a member that answered so should no longer be asked to write.</summary>
    public static bool RefusesWrites(string? code) => code is NotALeader or ForbiddenOnReadOnlyDatabase;
}
