using Grap.Bolt;

namespace Grap.Servers;

/// <summary>
/// Says what a failure of the wire means to somebody who runs a backup: the one place where kinds of
/// <see cref="BoltException"/> and Neo4j's status codes (https://neo4j.com/docs/status-codes/current/) become
/// conditions with a recommended action.
/// </summary>
public static class ServerFailure
{
    /// <summary>Translates a failure.</summary>
    /// <param name="failure">What the wire reported.</param>
    /// <param name="address">The server's address, without credentials.</param>
    public static GrapException From(BoltException failure, string address)
    {
        if (failure.Kind is BoltErrorKind.ServerFailure or BoltErrorKind.AuthenticationFailed)
        {
            var (condition, happened, action) = OfCode(failure, address);
            return new GrapException(condition, $"{happened}: {failure.Message}", action, address, failure);
        }
        // The wire's own sentence names the endpoint, and never the text of an address that could not be parsed.
        var (wireCondition, wireAction) = OfKind(failure.Kind);
        return new GrapException(wireCondition, failure.Message, wireAction, address, failure);
    }

    private static (GrapCondition Condition, string Action) OfKind(BoltErrorKind kind) => kind switch
    {
        BoltErrorKind.InvalidAddress => (GrapCondition.InvalidAddress,
            "Write the address as bolt://host:7687, or neo4j+s://host for a cluster or Aura."),
        BoltErrorKind.Unreachable => (GrapCondition.ServerUnavailable,
            "Check the host's name and the network, also a firewall or VPN between here and there."),
        BoltErrorKind.Refused => (GrapCondition.ServerUnavailable,
            "Start Neo4j (neo4j start), or correct the port: " +
            "server.bolt.listen_address in neo4j.conf, 7687 by default."),
        BoltErrorKind.TimedOut => (GrapCondition.ServerUnavailable,
            "Check that the server is up and not overloaded, and that no firewall swallows the connection; " +
            "then try again."),
        BoltErrorKind.PoolExhausted => (GrapCondition.ServerUnavailable,
            "Use fewer connections at once, or wait until other work on this session has ended."),
        BoltErrorKind.NoServerForRole => (GrapCondition.ServerUnavailable,
            "Wait for the cluster to elect a leader, or connect to one member with bolt:// instead of neo4j://."),
        BoltErrorKind.TlsFailed => (GrapCondition.TlsFailed,
            "Use bolt:// where the server has no TLS, bolt+s:// where this machine trusts its certificate, " +
            "and bolt+ssc:// for a self-signed certificate that you trust."),
        BoltErrorKind.NotBolt => (GrapCondition.NotNeo4j,
            "Give the Bolt port (7687 by default), not the one of Neo4j Browser and the HTTP API (7474)."),
        BoltErrorKind.VersionUnsupported => (GrapCondition.ServerUnsupported,
            "Grap needs Bolt 5.0, which is Neo4j 5.0 or later. " +
            "Upgrade the server, or keep to neo4j-admin dump for this one."),
        BoltErrorKind.MessageTooLarge => (GrapCondition.ElementTooLarge,
            "Return less in one row; a single value of more than 1 GiB cannot be read."),
        BoltErrorKind.ConnectionLost => (GrapCondition.ConnectionLost,
            "Look for a restart or a crash in the server's neo4j.log and debug.log, and try again."),
        _ => (GrapCondition.ProtocolViolation,
            "Check that no proxy stands between. If the server is a plain Neo4j, report this as a fault of Grap."),
    };

    private static (GrapCondition Condition, string Happened, string Action) OfCode(
        BoltException failure, string address) =>
        failure.Code switch
        {
            "Neo.ClientError.Security.Forbidden" => (GrapCondition.PermissionDenied,
                $"The user lacks a right at {address}",
                "Connect as a user who may do this, or have the right granted."),
            "Neo.ClientError.Security.AuthenticationRateLimit" => (GrapCondition.AuthenticationFailed,
                $"{address} refuses this user for a while, after too many wrong passwords",
                "Wait a few seconds (dbms.security.auth_lock_time), then connect with the right password."),
            "Neo.ClientError.Security.CredentialsExpired" => (GrapCondition.AuthenticationFailed,
                $"{address} wants the password changed first",
                "Change it once: ALTER CURRENT USER SET PASSWORD FROM 'old' TO 'new', " +
                "in Neo4j Browser or cypher-shell."),
            "Neo.ClientError.Security.TokenExpired" => (GrapCondition.AuthenticationFailed,
                $"{address} refuses the token: it expired",
                "Get a new token and open a new session."),
            { } code when code.StartsWith("Neo.ClientError.Security.", StringComparison.Ordinal) =>
                WrongCredentials(address),
            _ when failure.Kind == BoltErrorKind.AuthenticationFailed => WrongCredentials(address),
            "Neo.ClientError.Database.DatabaseNotFound" => (GrapCondition.DatabaseNotFound,
                $"No such database at {address}",
                "Name one that SHOW DATABASES lists, with -Database or NEO4J_DATABASE; " +
                "without either the home database is used."),
            _ when ServerCodes.MeansDatabaseUnavailable(failure) =>
                (GrapCondition.ServerUnavailable, $"The database at {address} is not available",
                "It may be starting or stopping: see SHOW DATABASES, and try again in a moment."),
            _ when ServerCodes.MeansOutOfMemory(failure) => (GrapCondition.QueryFailed,
                $"{address} has no memory left for transactions",
                "Return less at once, try again when less is running, " +
                "or raise dbms.memory.transaction.total.max in neo4j.conf."),
            "Neo.ClientError.Statement.AccessMode" => (GrapCondition.QueryFailed,
                $"{address} refused to write in a read-only query",
                "Leave out -ReadOnly if the query is meant to change the database."),
            "Neo.ClientError.Statement.ParameterMissing" => (GrapCondition.QueryFailed,
                $"{address} misses a parameter of the query",
                "Give every $name of the query with -Parameter @{ name = value }."),
            { } code when code.StartsWith("Neo.TransientError.", StringComparison.Ordinal) =>
                (GrapCondition.QueryFailed, $"{address} could not do this now ({code})",
                "Try again: the server says that the same may succeed later."),
            { } code => (GrapCondition.QueryFailed, $"{address} refused the query ({code})",
                "Correct the query; the message says what the server does not accept."),
            _ => (GrapCondition.QueryFailed, $"{address} refused the query",
                "See the server's debug.log for the cause."),
        };

    private static (GrapCondition Condition, string Happened, string Action) WrongCredentials(string address) =>
        (GrapCondition.AuthenticationFailed, $"{address} refused the credentials",
        "Give the right user and password with -Credential, or as NEO4J_AUTH=user/password.");
}
