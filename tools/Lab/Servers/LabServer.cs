using Grap.Bolt;
using Grap.Lab.Installations;
using Grap.Servers.Installations;

namespace Grap.Lab.Servers;

/// <summary>What server is wanted.</summary>
public sealed record LabServerOptions
{
    /// <summary>The version that is taken where nothing else is said: the 5.x long-term release.</summary>
    public const string DefaultVersion = "5.26.30";

    /// <summary>The version, as <c>5.26.30</c>.</summary>
    public string Version { get; init; } = DefaultVersion;

    /// <summary>The password of user <c>neo4j</c>; null for a server that asks for none.</summary>
    public string? Password { get; init; }

    /// <summary>More settings of <c>neo4j.conf</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Heap in MiB.</summary>
    public int HeapMegabytes { get; init; } = 512;

    /// <summary>Page cache in MiB.</summary>
    public int PageCacheMegabytes { get; init; } = 128;

    /// <summary>Whether the server starts as fast as it can, for tests, and runs slower later: Java's first compiler
    /// alone took 6.6 s of CPU for a start, both took 11.7 s.</summary>
    public bool StartsFast { get; init; }

    /// <summary>Where Neo4j comes from.</summary>
    public InstallationFinder Finder { get; init; } = new();
}

/// <summary>A running Neo4j for tests, the demo and benchmarks.</summary>
public abstract class LabServer : IAsyncDisposable
{
    /// <summary>Version, as <c>5.26.30</c>.</summary>
    public required string Version { get; init; }

    /// <summary>The address: <c>bolt://127.0.0.1:port</c>.</summary>
    public abstract Uri Uri { get; }

    /// <summary>User; null where the server asks for none.</summary>
    public string? User => Password is null ? null : "neo4j";

    /// <summary>Password; null where the server asks for none.</summary>
    public string? Password { get; init; }

    /// <summary>How to log in.</summary>
    public BoltAuth Auth => Password is null ? BoltAuth.None : BoltAuth.Basic("neo4j", Password);

    /// <summary>The installation that runs; null in a container.</summary>
    public virtual string? Home => null;

    /// <summary>The data folder; null in a container.</summary>
    public virtual string? DataFolder => null;

    /// <summary>The process; null in a container.</summary>
    public virtual int? ProcessId => null;

    /// <summary>What it is, for the log of a test run.</summary>
    public abstract string Description { get; }

    /// <summary>Connections to it.</summary>
    public BoltDriver Connect(BoltSettings? settings = null) =>
        new(BoltAddress.Parse(Uri.OriginalString), Auth, settings);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>
    /// Starts one, from the first of: <c>NEO4J_HOME</c>, the shared folder, the cache, Docker, and, unless offline,
    /// Neo4j's official Community archive.
    /// </summary>
    /// <exception cref="LabException">None can be had; the message says how to get one.</exception>
    public static async Task<LabServer> StartAsync(LabServerOptions options, CancellationToken cancellation)
    {
        var finder = options.Finder;
        var installation = await finder.OnThisMachineAsync(options.Version, cancellation);
        if (installation is not null)
            return await InstalledServer.StartAsync(installation, options, cancellation);
        if (await DockerServer.TryStartAsync(options, cancellation) is { } container)
            return container;
        try
        {
            installation = await finder.FromOfficialArchiveAsync(options.Version, cancellation);
        }
        catch (LabException failed)
        {
            throw InstallationFinder.NoneFound(options.Version, failed);
        }
        return installation is null
            ? throw InstallationFinder.NoneFound(options.Version)
            : await InstalledServer.StartAsync(installation, options, cancellation);
    }
}

/// <summary>A server from an installation on this machine.</summary>
public sealed class InstalledServer : LabServer
{
    private readonly LocalServer _server;

    private InstalledServer(LocalServer server) => _server = server;

    /// <inheritdoc/>
    public override Uri Uri => new(_server.Address.ToString());

    /// <inheritdoc/>
    public override string? Home => _server.Installation.Home;

    /// <inheritdoc/>
    public override string? DataFolder => _server.DataFolder;

    /// <inheritdoc/>
    public override int? ProcessId => _server.ProcessId;

    /// <inheritdoc/>
    public override string Description => $"Neo4j {Version} from {Home} at {Uri}";

    /// <summary>The server itself, to stop, kill and start it again.</summary>
    public LocalServer Server => _server;

    /// <summary>Starts a server from an installation.</summary>
    public static async Task<InstalledServer> StartAsync(
        Neo4jInstallation installation, LabServerOptions options, CancellationToken cancellation)
    {
        var server = await LocalServer.StartAsync(installation, new LocalServerOptions
        {
            HeapMegabytes = options.HeapMegabytes,
            PageCacheMegabytes = options.PageCacheMegabytes,
            Authentication = options.Password is null
                ? LocalServerAuthentication.None
                : LocalServerAuthentication.Password,
            Password = options.Password,
            Settings = options.Settings,
            JavaArguments = options.StartsFast ? ["-XX:TieredStopAtLevel=1"] : [],
            Environment = options.Finder.Environment,
        }, cancellation);
        return new InstalledServer(server) { Version = installation.Version, Password = options.Password };
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _server.DisposeAsync();
}
