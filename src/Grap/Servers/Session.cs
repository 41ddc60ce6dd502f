using System.Globalization;
using Grap.Bolt;

namespace Grap.Servers;

/// <summary>A server and a database on it, reached once and used by every command. Safe for use by several
/// threads.</summary>
public sealed class Session : IAsyncDisposable
{
    private static int s_lastNumber;

    private readonly BoltDriver _driver;
    private readonly SessionOptions _options;
    private int _closed;

    private Session(BoltDriver driver, SessionOptions options, BoltServer server, ServerIdentity identity)
    {
        _driver = driver;
        _options = options;
        Number = Interlocked.Increment(ref s_lastNumber);
        Uri = options.Address.ToString();
        User = options.User;
        Database = identity.Database;
        ServerVersion = identity.Version;
        Edition = identity.Edition;
        CypherPrefix = identity.CypherPrefix;
        Protocol = server.Protocol.ToString(2);
        Encrypted = server.Encrypted;
    }

    /// <summary>A number for display, unique in this process.</summary>
    public int Number { get; }

    /// <summary>The address, without credentials.</summary>
    public string Uri { get; }

    /// <summary>The database's name (resolved, never null).</summary>
    public string Database { get; }

    /// <summary>User, or null.</summary>
    public string? User { get; }

    /// <summary>Version, as <c>5.26.30</c>.</summary>
    public string ServerVersion { get; }

    /// <summary><c>community</c> or <c>enterprise</c>.</summary>
    public string Edition { get; }

    /// <summary>Bolt version spoken.</summary>
    public string Protocol { get; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool Encrypted { get; }

    /// <summary>When it was opened, UTC.</summary>
    public DateTimeOffset OpenedAt { get; } = DateTimeOffset.UtcNow;

    /// <summary>False once removed.</summary>
    public bool IsOpen => Volatile.Read(ref _closed) == 0;

    /// <summary>How it was opened, to reach the same server again after it was stopped. Holds the credentials.</summary>
    public SessionOptions Again() => _options;

    /// <summary>What Grap's own queries begin with, so that they mean the same on every server.</summary>
    internal string CypherPrefix { get; }

    /// <summary>Connects, authenticates, and asks what the server is. Throws <see cref="GrapException"/> with the
    /// condition of what is in the way: ServerUnavailable, AuthenticationFailed, TlsFailed, DatabaseNotFound,
    /// ….</summary>
    public static async Task<Session> OpenAsync(SessionOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var driver = new BoltDriver(options.Address, options.Auth, new BoltSettings
        {
            ConnectTimeout = options.ConnectTimeout,
            ReadTimeout = options.ReadTimeout,
        });
        try
        {
            var connection = await driver.AcquireAsync(BoltAccessMode.Read, options.Database, pin: null, cancellation)
                .ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var identity = await ServerIdentity.ReadAsync(connection, options.Database, cancellation)
                    .ConfigureAwait(false);
                return new Session(driver, options, connection.Server, identity);
            }
        }
        catch (Exception failure)
        {
            await driver.DisposeAsync().ConfigureAwait(false);
            if (failure is BoltException bolt)
                throw ServerFailure.From(bolt, options.Address.ToString());
            throw;
        }
    }

    /// <summary>Borrows a connection; disposing it gives it back.</summary>
    /// <param name="mode">What it is for.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <param name="pin">The server that must be used, where all work belongs together; null for any.</param>
    public ValueTask<BoltConnection> ConnectAsync(
        BoltAccessMode mode, CancellationToken cancellation, BoltEndpoint? pin = null)
    {
        if (!IsOpen)
        {
            throw new GrapException(GrapCondition.SessionClosed, $"The session to {Uri} was removed.",
                "Open a new one with New-GrapSession.", Uri);
        }
        return _driver.AcquireAsync(mode, Database, pin, cancellation);
    }

    /// <summary>Closes every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            await _driver.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}: {Database} at {Uri}");
}
