using Grap.Bolt;
using Grap.Servers;

namespace Grap.OnlineCopy;

/// <summary>The folders of a server, as it or its configuration names them.</summary>
/// <param name="Data">The data folder.</param>
/// <param name="LogRoot">The folder of all databases' transaction logs.</param>
/// <param name="DirectIo">Whether the page cache goes around the system's: such a server is not copied.</param>
internal sealed record ServerDirectories(string Data, string LogRoot, bool DirectIo)
{
    private const string DataSetting = "server.directories.data";
    private const string LogSetting = "server.directories.transaction.logs.root";
    private const string HomeSetting = "server.directories.neo4j_home";
    private const string DirectIoSetting = "server.memory.pagecache.directio";

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
        return Absolute(settings.GetValueOrDefault(DataSetting, "data"), home) is not { } data
            ? null
            : new ServerDirectories(
                data, Absolute(settings.GetValueOrDefault(LogSetting), data) ?? Path.Combine(data, "transactions"),
                settings.GetValueOrDefault(DirectIoSetting) == "true");
    }

    private static string? Absolute(string? path, string? folder) =>
        string.IsNullOrEmpty(path) ? null
        : Path.IsPathFullyQualified(path) ? path
        : folder is not null && Path.IsPathFullyQualified(folder) ? Path.GetFullPath(path, folder)
        : null;
}
