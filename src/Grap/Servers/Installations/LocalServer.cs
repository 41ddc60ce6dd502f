using System.Globalization;
using System.Security.Cryptography;
using Grap.Bolt;

namespace Grap.Servers.Installations;

/// <summary>
/// A Neo4j that this process started on its own machine: in a folder of its own, on a free port of the loopback
/// interface, with bounded memory. It does not outlive this process unless it is let go for that, and <see
/// cref="RemoveLeftovers"/> clears away what a killed one left.
/// </summary>
public sealed class LocalServer : IAsyncDisposable
{
    private const int PortAttempts = 5;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);
    private const string ReadOnly = "server.databases.default_to_read_only";
    private readonly string _password;
    private LocalServerOptions _options;
    private readonly ServerFolder _folder;
    private readonly bool _ownsFolder;
    private ServerProcess? _process;

    private LocalServer(
        Neo4jInstallation installation, LocalServerOptions options, ServerFolder folder, bool ownsFolder)
    {
        _ownsFolder = ownsFolder;
        Installation = installation;
        _options = options;
        _folder = folder;
        DataFolder = Path.GetFullPath(options.DataFolder ?? folder.Data);
        _password = options.Password ?? RandomNumberGenerator.GetHexString(32, lowercase: true);
        Authentication = options.Authentication == LocalServerAuthentication.None
            ? BoltAuth.None
            : BoltAuth.Basic(User, _password);
        if (options.Authentication == LocalServerAuthentication.Password)
            InitialPassword.Write(DataFolder, _password);
        Address = BoltAddress.Parse("bolt://127.0.0.1:7687");
    }

    /// <summary>The user of a server with a password.</summary>
    internal const string User = "neo4j";

    /// <summary>What runs.</summary>
    public Neo4jInstallation Installation { get; }

    /// <summary>Where it listens: a <c>bolt://</c> address of the loopback interface.</summary>
    public BoltAddress Address { get; private set; }

    /// <summary>How to log in.</summary>
    public BoltAuth Authentication { get; }

    /// <summary>The server's own folder: configuration, logs.</summary>
    public string Folder => _folder.Path;

    /// <summary>Its data folder; the stores are in <c>databases</c> in it.</summary>
    public string DataFolder { get; }

    /// <summary>The process id of its Java machine.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The newest lines that it printed.</summary>
    public IReadOnlyCollection<string> Lines => _process?.Lines ?? [];

    /// <summary>
    /// Starts a server and returns when its database answers a query. First removes what owners that no longer run
    /// left in the same parent folder.
    /// </summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ScratchServerUnavailable"/>: no Java for it, or it
    /// does not start; the message has the lines of its log that say why.</exception>
    public static async Task<LocalServer> StartAsync(
        Neo4jInstallation installation, LocalServerOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(installation);
        ArgumentNullException.ThrowIfNull(options);
        JavaRuntime.For(installation, options.Environment);
        var parent = options.ParentFolder ?? ServerFolder.DefaultParent();
        ServerFolder.RemoveLeftovers(parent);
        var folder = ServerFolder.Create(parent, options.KeepFolder, options.Time);
        var server = new LocalServer(installation, options, folder, ownsFolder: true);
        return await StartAsync(server, cancellation).ConfigureAwait(false);
    }

    /// <summary>Starts a server in a folder that was made, and may have been filled, before; it stays when the server
    /// goes.</summary>
    internal static Task<LocalServer> StartAsync(
        Neo4jInstallation installation, LocalServerOptions options, ServerFolder folder,
        CancellationToken cancellation) =>
        StartAsync(new LocalServer(installation, options, folder, ownsFolder: false), cancellation);

    private static async Task<LocalServer> StartAsync(LocalServer server, CancellationToken cancellation)
    {
        var options = server._options;
        var java = JavaRuntime.For(server.Installation, options.Environment);
        try
        {
            using var limit = new CancellationTokenSource(options.StartLimit, options.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            try
            {
                await server.StartAsync(java, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw server.NotStarted($"did not come online within {options.StartLimit.TotalSeconds:0} seconds");
            }
            return server;
        }
        catch
        {
            // Not stopped in peace, which takes seconds: what did not start holds nothing of worth.
            await server.KillAsync().ConfigureAwait(false);
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Ends servers that killed owners left in <paramref name="parentFolder"/> (null for the default place),
    /// and removes their folders. Returns those.</summary>
    public static IReadOnlyList<string> RemoveLeftovers(string? parentFolder = null) =>
        ServerFolder.RemoveLeftovers(parentFolder ?? ServerFolder.DefaultParent());

    /// <summary>Stops the server cleanly: the store needs no recovery afterwards. Kills it if that takes longer than
    /// the limit.</summary>
    /// <returns>False if it had to be killed.</returns>
    public async Task<bool> StopAsync(CancellationToken cancellation = default)
    {
        if (_process is null || _process.HasExited)
            return true;
        using var limit = new CancellationTokenSource(_options.StopLimit, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            _process.RequestStop();
            await _process.WaitForExitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await KillAsync().ConfigureAwait(false);
            return false;
        }
    }

    /// <summary>Ends the server at once, as a power cut would, together with everything that it started.</summary>
    public async Task KillAsync()
    {
        if (_process is null || _process.HasExited)
            return;
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Starts the server again, on the same data and another port, after it was stopped or killed.</summary>
    public async Task RestartAsync(CancellationToken cancellation)
    {
        await StopAsync(cancellation).ConfigureAwait(false);
        await StartAsync(JavaRuntime.For(Installation, _options.Environment), cancellation).ConfigureAwait(false);
    }

    /// <summary>Starts the server again so that its databases can only be read, and lets it go: it lives on when this
    /// process ends, and <see cref="ServerFolder"/> finds it for whoever is to end it.</summary>
    internal async Task KeepRunningAsync(CancellationToken cancellation)
    {
        await StopAsync(cancellation).ConfigureAwait(false);
        _options = _options with
        {
            Settings = new Dictionary<string, string>(_options.Settings) { [ReadOnly] = "true" },
        };
        await StartAsync(this, cancellation).ConfigureAwait(false);
        // First the word, so that there is never a server that nobody knows.
        _folder.Keep(Address.ToString(), _password);
        _process!.Release();
        _process = null;
    }

    /// <summary>Ends the server and removes its folder, unless that is to be kept. Data that go with the folder need
    /// no clean stop, which takes seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_options.DataFolder is null && !_options.KeepFolder)
            await KillAsync().ConfigureAwait(false);
        else
            await StopAsync().ConfigureAwait(false);
        _process?.Dispose();
        _process = null;
        if (_ownsFolder)
            _folder.Dispose();
    }

    private async Task StartAsync(JavaRuntime java, CancellationToken cancellation)
    {
        for (var attempt = 1; !await TryStartAsync(java, cancellation).ConfigureAwait(false); attempt++)
        {
            if (attempt == PortAttempts)
                throw NotStarted($"found its port taken {PortAttempts} times");
        }
    }

    // False if somebody else took the port meanwhile.
    private async Task<bool> TryStartAsync(JavaRuntime java, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var port = LoopbackPort.Pick();
        Address = BoltAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"bolt://127.0.0.1:{port}"));
        var settings = ServerConfiguration.Settings(Installation.Number, _folder, DataFolder, port, _options);
        Directory.CreateDirectory(_folder.Configuration);
        var file = Path.Combine(_folder.Configuration, "neo4j.conf");
        await File.WriteAllTextAsync(file, ServerConfiguration.Text(settings), cancellation).ConfigureAwait(false);

        _process?.Dispose();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = ServerProcess.Start(java.Executable, JavaArguments(), _folder.Path, line =>
        {
            // Neo4j's last word of a start, behind the time and the level.
            if (line.EndsWith(" Started.", StringComparison.Ordinal))
                started.TrySetResult();
            _options.Output?.Invoke(line);
        }, _options.Time);
        var identity = await _process.IdentifyAsync(cancellation).ConfigureAwait(false);
        ProcessId = identity.Id;
        _folder.Started(identity);

        var exited = _process.WaitForExitAsync(cancellation);
        await Task.WhenAny(started.Task, exited).WaitAsync(cancellation).ConfigureAwait(false);
        if (!started.Task.IsCompleted || _process.HasExited)
        {
            return ServerLog.SaysPortTaken(_process.Lines)
                ? false
                : throw NotStarted($"ended while it started");
        }
        await WaitUntilOnlineAsync(cancellation).ConfigureAwait(false);
        return true;
    }

    // A single JVM, started directly: `neo4j console` would be a second one beside it (250 MiB and two seconds more),
    // and passes on nothing but what stands here.
    private List<string> JavaArguments() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"-Xmx{_options.HeapMegabytes}m"),
        "-XX:+UseSerialGC", // the heap is small and bounded: fewer threads and less memory beside it
        "-XX:+ExitOnOutOfMemoryError",
        "-Dfile.encoding=UTF-8",
        // What Neo4j's own neo4j.conf opens to its page cache; without them it runs in a slower fallback mode.
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "--add-opens=java.base/java.io=ALL-UNNAMED",
        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
        .. _options.JavaArguments,
        "-cp", Jars("plugins") + Path.PathSeparator + Jars("lib"),
        Installation.EntryPoint,
        "--home-dir=" + Installation.Home,
        "--config-dir=" + _folder.Configuration,
        "--console-mode",
    ];

    private string Jars(string folder) => Path.Combine(Installation.Home, folder, "*");

    private async Task WaitUntilOnlineAsync(CancellationToken cancellation)
    {
        var settings = new BoltSettings { ConnectTimeout = TimeSpan.FromSeconds(5), MaxConnections = 1 };
        var driver = new BoltDriver(Address, Authentication, settings);
        await using var _ = driver.ConfigureAwait(false);
        while (true)
        {
            try
            {
                var connection = await driver.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation)
                    .ConfigureAwait(false);
                await using var borrowed = connection.ConfigureAwait(false);
                var cursor = await connection.RunAsync(new BoltQuery("RETURN 1"), cancellation).ConfigureAwait(false);
                await using var closing = cursor.ConfigureAwait(false);
                while (await cursor.ReadAsync(cancellation).ConfigureAwait(false))
                {
                    // One row; reading to the end shows that the transaction ran.
                }
                return;
            }
            catch (BoltException notYet) when (!IsFinal(notYet))
            {
                if (_process!.HasExited)
                    throw NotStarted("ended while it started", notYet);
                if (ServerCodes.MeansDatabaseUnavailable(notYet))
                    await RefuseFailedDatabaseAsync(driver, cancellation).ConfigureAwait(false);
                await Task.Delay(PollInterval, _options.Time, cancellation).ConfigureAwait(false);
            }
            catch (BoltException refused)
            {
                throw NotStarted($"does not answer ({refused.Message})", refused);
            }
        }
    }

    // A database that is recovering and one that cannot start are both unavailable; which it is, `system` knows.
    private async Task RefuseFailedDatabaseAsync(BoltDriver driver, CancellationToken cancellation)
    {
        if (await DatabaseStatus.FindFailureAsync(driver, cancellation).ConfigureAwait(false) is not (var name, var why))
            return;
        throw new GrapException(GrapCondition.RestoreFailed,
            $"Neo4j {Installation.Version} cannot start database '{name}': {why}"
            + ServerLog.Explain(_process!.Lines, _folder.Logs),
            "The files of this database are damaged, or of another version: use another backup.", name);
    }

    private static bool IsFinal(BoltException error) =>
        error.Kind is BoltErrorKind.AuthenticationFailed or BoltErrorKind.NotBolt or BoltErrorKind.VersionUnsupported;

    private GrapException NotStarted(string what, Exception? inner = null) => new(
        GrapCondition.ScratchServerUnavailable,
        $"Neo4j {Installation.Version} {what}." + ServerLog.Explain(_process?.Lines ?? [], _folder.Logs),
        "Correct what its log complains about (settings, memory, disk space), then try again.",
        Installation.Home, inner);
}
