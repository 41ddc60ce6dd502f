using System.Globalization;

namespace Grap.Servers.Installations;

/// <summary>How a run of <c>neo4j-admin</c> ended.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Lines">The newest lines that it printed.</param>
internal sealed record AdminOutcome(int ExitCode, IReadOnlyCollection<string> Lines)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Whether it refused because a server, or another tool, works on the database.</summary>
    public bool SaysInUse => Lines.Any(static line =>
        line.Contains("database is in use", StringComparison.OrdinalIgnoreCase)
        || line.Contains("store_lock", StringComparison.Ordinal)
        || line.Contains("FileLockException", StringComparison.Ordinal));

    /// <summary>The lines that say why, for a message.</summary>
    public string Explanation => string.Join(" ", ServerLog.Relevant(Lines).Select(static line => line.Trim()));
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
        "-cp", Path.Combine(installation.Home, "lib", "*"),
        EntryPoint,
    ];
}
