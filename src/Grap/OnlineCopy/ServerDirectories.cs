using Grap.Bolt;
using Grap.Servers;

namespace Grap.OnlineCopy;

/// <summary>The folders of a server, as it or its configuration names them.</summary>
/// <param name="Data">The data folder.</param>
/// <param name="LogRoot">The folder of all databases' transaction logs.</param>
/// <param name="DirectIo">Whether the page cache goes around the system's: such a server is not copied.</param>
internal sealed record ServerDirectories(string Data, string LogRoot, bool DirectIo)
{
    /// <summary>The folder in the data folder that has the logs where no setting says otherwise.</summary>
    public const string Logs = "transactions";

    /// <summary>The setting that says otherwise.</summary>
    public const string LogSetting = "server.directories.transaction.logs.root";

    private const string DataSetting = "server.directories.data";
    private const string HomeSetting = "server.directories.neo4j_home";
    private const string DirectIoSetting = "server.memory.pagecache.directio";

    // A configuration of version 4 may have these, and a server of today takes them.
    private const string OldDataSetting = "dbms.directories.data";
    private const string OldLogSetting = "dbms.directories.transaction.logs.root";

    /// <summary>Whether the logs are in the data folder, as they are by default: they then are wherever it is.</summary>
    public bool HasLogsInData => Path.GetRelativePath(Data, LogRoot) is var path && path != LogRoot
        && path != ".." && !path.StartsWith("../", StringComparison.Ordinal)
        && !path.StartsWith(@"..\", StringComparison.Ordinal);

    /// <summary>Asks the server. Null where it does not tell this user. In a container the paths are the
    /// container's.</summary>
    public static async Task<ServerDirectories?> AskAsync(
        BoltConnection connection, Session session, CancellationToken cancellation)
    {
        var query = session.CypherPrefix + "SHOW SETTINGS YIELD name, value "
            + $"WHERE name IN ['{DataSetting}', '{LogSetting}', '{HomeSetting}', '{DirectIoSetting}'] "
            + "RETURN name, value";
        try
        {
            var rows = await connection.ReadAllAsync(
                new BoltQuery(query) { Database = session.Database }, cancellation).ConfigureAwait(false);
            var settings = rows.ToDictionary(
                static row => row[0] as string ?? "", static row => row[1] as string ?? "", StringComparer.Ordinal);
            return From(settings, settings.GetValueOrDefault(HomeSetting));
        }
        catch (BoltException failure) when (failure.Kind == BoltErrorKind.ServerFailure)
        {
            return null;
        }
    }

    /// <summary>From settings by name; relative paths are relative to <paramref name="home"/>, as the server has it.
    /// Null where they cannot be told.</summary>
    public static ServerDirectories? From(IReadOnlyDictionary<string, string> settings, string? home)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var dataName = settings.GetValueOrDefault(DataSetting, settings.GetValueOrDefault(OldDataSetting, "data"));
        var logName = settings.GetValueOrDefault(LogSetting) ?? settings.GetValueOrDefault(OldLogSetting);
        return Absolute(dataName, settings.GetValueOrDefault(HomeSetting, home ?? "")) is not { } data
            ? null
            : new ServerDirectories(
                data, Absolute(logName, data) ?? Path.Combine(data, Logs),
                settings.GetValueOrDefault(DirectIoSetting) == "true");
    }

    private static string? Absolute(string? path, string folder)
    {
        // An escape in the file can make any letter, also one that no path has.
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal)
            || folder.Contains('\0', StringComparison.Ordinal))
            return null;
        // As the server does it, on every system.
        path = path.Replace('\\', '/');
        return Path.IsPathFullyQualified(path) ? Path.GetFullPath(path)
            : Path.IsPathFullyQualified(folder) ? Path.GetFullPath(path, folder)
            : null;
    }
}
