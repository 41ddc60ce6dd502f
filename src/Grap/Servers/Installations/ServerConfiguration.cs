using System.Globalization;
using System.Text;

namespace Grap.Servers.Installations;

/// <summary>The text of a local server's <c>neo4j.conf</c>.</summary>
internal static class ServerConfiguration
{
    // 5.26 knows it, 5.13 does not and stops at names that it does not know; the versions between are not at hand.
    private static readonly Version UsageReportSince = new(5, 26);

    // How long Bolt listens for stragglers when it is stopped, twice: five seconds each, in which nobody can come. The
    // name changed somewhere between the last version of 5 and 2026.08; the versions between keep waiting.
    private const string QuietPeriod = "internal.dbms.bolt.netty_server_shutdown_quiet_period";
    private static readonly Version QuietPeriodSince = new(5, 13);
    private static readonly Version QuietPeriodBefore = new(6, 0);
    private static readonly Version QuietPeriodDurationSince = new(2026, 8);

    /// <summary>All settings of a server, by name.</summary>
    public static SortedDictionary<string, string> Settings(
        Version neo4j, ServerFolder folder, string dataFolder, int boltPort, LocalServerOptions options)
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["server.http.enabled"] = "false",
            ["server.https.enabled"] = "false",
            ["server.memory.heap.initial_size"] = Megabytes(Math.Min(options.HeapMegabytes, 128)),
            ["server.memory.heap.max_size"] = Megabytes(options.HeapMegabytes),
            ["server.memory.pagecache.size"] = Megabytes(options.PageCacheMegabytes),
            ["dbms.security.auth_enabled"] =
                options.Authentication == LocalServerAuthentication.None ? "false" : "true",
        };
        if (neo4j >= UsageReportSince)
            settings["dbms.usage_report.enabled"] = "false";
        // A clean stop takes 0.3 instead of 10.3 s without them.
        if (neo4j >= QuietPeriodSince && neo4j < QuietPeriodBefore)
            settings[QuietPeriod] = "0";
        else if (neo4j >= QuietPeriodDurationSince)
            settings[QuietPeriod + "_duration"] = "0s";

        foreach (var (name, value) in options.Settings)
            settings[name] = value;

        settings["server.directories.data"] = dataFolder;
        settings["server.directories.logs"] = folder.Logs;
        settings["server.directories.run"] = Path.Combine(folder.Path, "run");
        settings["server.directories.import"] = Path.Combine(folder.Path, "import");
        settings["server.bolt.enabled"] = "true";
        settings["server.bolt.listen_address"] = Address(boltPort);
        settings["server.bolt.advertised_address"] = Address(boltPort);
        return settings;
    }

    /// <summary>The file's text. A backslash begins an escape there, so those of a Windows path are doubled.</summary>
    public static string Text(IReadOnlyDictionary<string, string> settings)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in settings)
        {
            if (name.AsSpan().IndexOfAny("=#\r\n ") >= 0 || value.AsSpan().IndexOfAny("\r\n") >= 0)
            {
                throw new GrapException(GrapCondition.SettingInvalid,
                    $"'{name}' cannot be written to neo4j.conf as one line.",
                    "Check the names and values of the server's settings.", name);
            }
            text.Append(name).Append('=').Append(value.Replace(@"\", @"\\")).Append('\n');
        }
        return text.ToString();
    }

    private static string Address(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    public static string Megabytes(int count) => string.Create(CultureInfo.InvariantCulture, $"{count}m");
}
