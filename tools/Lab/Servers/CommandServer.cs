using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Grap.Bolt;
using Grap.Lab.Graphs;
using Grap.Lab.Installations;
using Grap.Servers;
using Grap.Servers.Control;
using Grap.Servers.Installations;

namespace Grap.Lab.Servers;

/// <summary>A server that is started and stopped as an operator does it, by its installation's <c>neo4j</c> command, in
/// a folder of its own. Nothing ends it but <see cref="DisposeAsync"/>.</summary>
public sealed class CommandServer : IAsyncDisposable
{
    private readonly string _folder;

    private CommandServer(Neo4jInstallation installation, string folder, int port)
    {
        _folder = folder;
        Installation = installation;
        Login = new SessionOptions(
            BoltAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"bolt://127.0.0.1:{port}")), BoltAuth.None)
        {
            Database = Database,
        };
        Control = new ServerControlOptions { Home = installation.Home, Configuration = Path.Combine(folder, "conf") };
        Server = new ControlledServer(
            Control.Create(TimeProvider.System), Presence, new ControlLimits(), TimeProvider.System);
    }

    /// <summary>The database's name.</summary>
    public const string Database = "neo4j";

    /// <summary>What runs.</summary>
    public Neo4jInstallation Installation { get; }

    /// <summary>How to reach it. It asks for no password.</summary>
    public SessionOptions Login { get; }

    /// <summary>What stops and starts it.</summary>
    public ServerControlOptions Control { get; }

    /// <summary>The server, to stop and start it.</summary>
    public ControlledServer Server { get; }

    /// <summary>How it is seen.</summary>
    public ServerPresence Presence => new(Login, StoreFolder);

    /// <summary>Its data folder.</summary>
    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>The folder of the database's stores.</summary>
    public string StoreFolder => Path.Combine(DataFolder, "databases", Database);

    /// <summary>The folder of the database's logs.</summary>
    public string LogFolder => Path.Combine(DataFolder, "transactions", Database);

    /// <summary>Starts one.</summary>
    /// <exception cref="LabException">There is no installation of this version on this machine.</exception>
    public static async Task<CommandServer> StartAsync(
        string version, InstallationFinder finder, CancellationToken cancellation)
    {
        var installation = await finder.OnThisMachineAsync(version, cancellation)
            ?? throw InstallationFinder.NoneFound(version);
        var server = new CommandServer(
            installation, Directory.CreateTempSubdirectory("grap-command-server-").FullName, PickPort());
        try
        {
            server.Configure();
            await server.Server.StartAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Loads a generated graph.</summary>
    public async Task LoadAsync(int nodes, CancellationToken cancellation)
    {
        await using var driver = new BoltDriver(Login.Address, Login.Auth);
        await using var loader = await GraphLoader.OpenAsync(driver, cancellation);
        await GeneratedGraph.LoadAsync(loader, nodes, seed: 1);
    }

    /// <summary>Runs a statement by itself and returns its rows.</summary>
    public async Task<IReadOnlyList<object?[]>> RunAsync(string text, CancellationToken cancellation)
    {
        await using var driver = new BoltDriver(Login.Address, Login.Auth);
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write, cancellation: cancellation);
        await using var cursor = await connection.RunAsync(
            new BoltQuery(text) { Mode = BoltAccessMode.Write }, cancellation);
        var rows = new List<object?[]>();
        while (await cursor.ReadAsync(cancellation))
            rows.Add(cursor.Values);
        return rows;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await Server.StopAsync(CancellationToken.None);
        }
        catch (GrapException)
        {
            Kill();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private static int PickPort()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(20_000, 32_000);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // In use: the next one.
            }
        }
    }

    private void Configure()
    {
        Directory.CreateDirectory(Control.Configuration!);
        string[] settings =
        [
            $"server.directories.data={DataFolder}",
            $"server.directories.logs={Path.Combine(_folder, "logs")}",
            $"server.directories.run={Path.Combine(_folder, "run")}",
            $"server.directories.import={Path.Combine(_folder, "import")}",
            $"server.bolt.listen_address={Login.Address.Endpoint}",
            $"server.bolt.advertised_address={Login.Address.Endpoint}",
            "server.http.enabled=false",
            "server.memory.heap.max_size=384m",
            "server.memory.pagecache.size=64m",
            "server.jvm.additional=-XX:+UseSerialGC",
            "server.jvm.additional=-XX:TieredStopAtLevel=1",
            "dbms.security.auth_enabled=false",
            "db.tx_log.preallocate=false",
            // A stop takes a second instead of eleven; other versions call it otherwise.
            .. Installation.Number.Major == 5 ? ["internal.dbms.bolt.netty_server_shutdown_quiet_period=0"] : Array.Empty<string>(),
        ];
        File.WriteAllLines(Path.Combine(Control.Configuration!, "neo4j.conf"), settings);
    }

    /// <summary>Ends it at once, as a power cut would, if it runs.</summary>
    public void Kill()
    {
        var file = Path.Combine(_folder, "run", "neo4j.pid");
        if (!File.Exists(file)
            || !int.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            return;
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            process.WaitForExit();
        }
        catch (ArgumentException)
        {
            // It has ended.
        }
    }
}
