namespace Grap.Bolt;

/// <summary>What kind of thing went wrong.</summary>
public enum BoltErrorKind
{
    /// <summary>The address cannot be parsed.</summary>
    InvalidAddress,
    /// <summary>The host's name cannot be resolved, or no route leads to it.</summary>
    Unreachable,
    /// <summary>The host refused the connection: nothing listens there.</summary>
    Refused,
    /// <summary>TLS failed: the certificate is not trusted, or the server does not speak TLS (or wants it).</summary>
    TlsFailed,
    /// <summary>What answers is not Bolt (HTTP, say).</summary>
    NotBolt,
    /// <summary>The server speaks Bolt, but no version that this client does (5.0 and later).</summary>
    VersionUnsupported,
    /// <summary>The server refused the credentials.</summary>
    AuthenticationFailed,
    /// <summary>The server answered FAILURE; <see cref="BoltException.Code"/> says what.</summary>
    ServerFailure,
    /// <summary>The connection was lost: closed, reset, or cut in the middle of a message.</summary>
    ConnectionLost,
    /// <summary>Nothing came within the time allowed.</summary>
    TimedOut,
    /// <summary>What came breaks the protocol: garbage, an impossible size, a message out of turn.</summary>
    ProtocolViolation,
    /// <summary>A message is larger than this side accepts; the connection was closed.</summary>
    MessageTooLarge,
    /// <summary>No connection of the pool became free in time.</summary>
    PoolExhausted,
    /// <summary>No server of the cluster can take the work (routing).</summary>
    NoServerForRole,
}

/// <summary>Every failure of this library.</summary>
public sealed class BoltException : Exception
{
    /// <summary>Creates the exception.</summary>
    public BoltException(BoltErrorKind kind, string message, Exception? inner = null, string? code = null)
        : base(message, inner)
    {
        Kind = kind;
        Code = code;
    }

    /// <summary>What kind of thing went wrong.</summary>
    public BoltErrorKind Kind { get; }

    /// <summary>Neo4j's own code (<c>Neo.ClientError.Statement.SyntaxError</c>), for
    /// <see cref="BoltErrorKind.ServerFailure"/> and <see cref="BoltErrorKind.AuthenticationFailed"/>.</summary>
    public string? Code { get; }

    /// <summary>The GQL status (<c>42N51</c>), where the server sent one (Bolt 5.7 and later).</summary>
    public string? GqlStatus { get; init; }

    /// <summary>True if the same work may succeed when it is tried again: a transient server failure, a lost
    /// connection, a timeout. Never true for security failures.</summary>
    public bool IsRetriable => Kind switch
    {
        BoltErrorKind.ConnectionLost or BoltErrorKind.TimedOut => true,
        BoltErrorKind.ServerFailure => Code switch
        {
            // Somebody ended these on purpose: trying again would work against them.
            "Neo.TransientError.Transaction.Terminated" or "Neo.TransientError.Transaction.LockClientStopped" => false,
            ServerCodes.NotALeader or ServerCodes.ForbiddenOnReadOnlyDatabase
                or ServerCodes.AuthorizationExpired => true,
            _ => Code?.StartsWith("Neo.TransientError.", StringComparison.Ordinal) ?? false,
        },
        _ => false,
    };
}
