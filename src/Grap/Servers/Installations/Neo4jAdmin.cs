using System.Globalization;

namespace Grap.Servers.Installations;

/// <summary>How a run of <c>neo4j-admin</c> ended.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Lines">The newest lines that it printed.</param>
internal sealed record AdminOutcome(int ExitCode, IReadOnlyCollection<string> Lines)
{
    // 128 and the signal, as Linux tells it: what runs out of memory is killed.
    private const int Killed = 128 + 9;
    private const int Terminated = 128 + 15;

    public bool Succeeded => ExitCode == 0;

    /// <summary>Whether it refused because a server, or another tool, works on the database.</summary>
    public bool SaysInUse => Lines.Any(static line =>
        line.Contains("database is in use", StringComparison.OrdinalIgnoreCase)
        || line.Contains("store_lock", StringComparison.Ordinal)
        || line.Contains("FileLockException", StringComparison.Ordinal));

    /// <summary>What the machine lacked, which says nothing of the database; null where it lacked nothing.</summary>
    public GrapException? Obstacle(string what) => Lines switch
    {
        var lines when Has(lines, "No space left on device") || Has(lines, "not enough space on the disk") =>
            new GrapException(GrapCondition.ScratchFull, $"There is no room on this disk to {what}: {Explanation}",
                "Free space. Scratch servers live in the user's local application data (XDG_DATA_HOME on Linux)."),
        var lines when ExitCode is Killed or Terminated || Has(lines, "OutOfMemoryError") =>
            new GrapException(GrapCondition.ScratchServerUnavailable,
                string.Create(CultureInfo.InvariantCulture,
                    $"neo4j-admin was ended, or had too little memory, before it could {what} (exit code {ExitCode})."),
                "Try again when the machine has less to do."),
        _ => null,
    };

    /// <summary>The lines that say why, for a message.</summary>
    public string Explanation => string.Join(" ", ServerLog.Relevant(Lines).Select(static line => line.Trim()));

    private static bool Has(IEnumerable<string> lines, string words) =>
        lines.Any(line => line.Contains(words, StringComparison.Ordinal));
}

/// <summary>
/// Runs <c>neo4j-admin</c> on a data folder, as its own script would but without that script: one Java machine with a
/// bounded heap, which ends with this process. Its configuration and logs are in a server's folder; it gets nothing
/// secret.
/// </summary>
/// <remarks>The class is the same in 5.13, 5.26 and 2026.08; the script starts it through a second Java machine, which
/// only reads JVM options.</remarks>
internal sealed class Neo4jAdmin(
    Neo4jInstallation installation, ServerFolder folder, string dataFolder, LocalServerOptions options)
{
    private const string EntryPoint = "org.neo4j.cli.AdminTool";

    /// <summary>The folder of all databases' logs; by default <c>transactions</c> in the data folder.</summary>
    public string LogRoot { get; init; } = Path.Combine(dataFolder, "transactions");

    /// <summary>Runs one command to its end; ends it at once when cancelled.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ScratchServerUnavailable"/>: no Java for it.</exception>
    public async Task<AdminOutcome> RunAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var java = JavaRuntime.For(installation, options.Environment);
        Directory.CreateDirectory(folder.Configuration);
        await File.WriteAllTextAsync(
            Path.Combine(folder.Configuration, "neo4j.conf"), ServerConfiguration.Text(Settings()), cancellation)
            .ConfigureAwait(false);
        using var process = ServerProcess.Start(
            java.Executable, [.. JavaArguments(), .. arguments], folder.Path, options.Output ?? (static _ => { }),
            options.Time, ("NEO4J_HOME", installation.Home), ("NEO4J_CONF", folder.Configuration));
        folder.Started(await process.IdentifyAsync(cancellation).ConfigureAwait(false));
        // Disposing kills it.
        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        return new AdminOutcome(process.ExitCode, process.Lines);
    }

    private SortedDictionary<string, string> Settings() => new(StringComparer.Ordinal)
    {
        ["server.directories.data"] = dataFolder,
        ["server.directories.transaction.logs.root"] = LogRoot,
        ["server.directories.logs"] = folder.Logs,
        ["server.directories.run"] = Path.Combine(folder.Path, "run"),
        ["server.directories.import"] = Path.Combine(folder.Path, "import"),
        ["server.memory.pagecache.size"] = ServerConfiguration.Megabytes(options.PageCacheMegabytes),
    };

    private List<string> JavaArguments() =>
    [
        string.Create(CultureInfo.InvariantCulture, $"-Xmx{options.HeapMegabytes}m"),
        "-XX:+UseSerialGC",
        "-Dfile.encoding=UTF-8",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "--add-opens=java.base/java.io=ALL-UNNAMED",
        "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
        .. options.JavaArguments,
        "-cp", Path.Combine(installation.Home, "lib", "*"),
        EntryPoint,
    ];
}
