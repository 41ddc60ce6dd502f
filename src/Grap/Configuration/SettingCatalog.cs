using System.Globalization;
using Grap.Bolt;
using Grap.Schedules;

namespace Grap.Configuration;

/// <summary>What is known of one setting, whatever its value.</summary>
internal abstract record SettingDefinition(string Name, string? Default, string Description, string Expected)
{
    /// <summary>Makes the value safe to show; null where it is safe already.</summary>
    public Func<string, string>? Mask { get; init; }

    /// <summary>Throws <see cref="FormatException"/> or <see cref="BoltException"/> for a value without
    /// sense.</summary>
    public abstract void Check(string value);
}

/// <summary>A setting whose text means a <typeparamref name="T"/>.</summary>
internal sealed record SettingDefinition<T>(
    string Name, string? Default, Func<string, T> Parse, string Description, string Expected)
    : SettingDefinition(Name, Default, Description, Expected)
{
    public override void Check(string value) => Parse(value);
}

/// <summary>Every setting of Grap, with its default and what counts as a value.</summary>
internal static class SettingCatalog
{
    public static readonly SettingDefinition<BoltAddress> Uri = new(
        SettingName.Uri, "bolt://localhost:7687", BoltAddress.Parse,
        "The server's address", "an address such as bolt://localhost:7687 or neo4j+s://db.example")
    {
        Mask = SecretMask.Address,
    };

    public static readonly SettingDefinition<ServerCredential?> Auth = new(
        "NEO4J_AUTH", "none", ParseAuth, "Who connects, and with which password", "user/password, or none")
    {
        Mask = SecretMask.Auth,
    };

    public static readonly SettingDefinition<string> Database = new(
        SettingName.Database, null, Text, "The database; the server's home database where not set", "a database name");

    public static readonly SettingDefinition<string> Home = new(
        "NEO4J_HOME", null, Text, "A Neo4j installation for scratch servers and neo4j-admin", "a folder");

    public static readonly SettingDefinition<string> ConfigurationFolder = new(
        "NEO4J_CONF", null, Text, "The folder of the server's neo4j.conf, where it is not conf in NEO4J_HOME",
        "a folder");

    public static readonly SettingDefinition<string> Data = new(
        SettingName.Data, null, Text, "The server's data folder, where Grap may read it", "a folder");

    public static readonly SettingDefinition<string> Repository = new(
        SettingName.Repository, "./backups", Text, "The repository: the folder that keeps the backups", "a folder");

    public static readonly SettingDefinition<string> Schedule = new(
        SettingName.Schedule, "0 2 * * *", ParseSchedule,
        "When a scheduled backup runs", "a cron expression of five fields");

    public static readonly SettingDefinition<int> RetentionDays = new(
        "BACKUP_RETENTION_DAYS", "30", ParseRetentionDays,
        "Days to keep a backup", "a whole number of days from 1 to 36500");

    public static readonly SettingDefinition<int> CompressionLevel = new(
        "BACKUP_COMPRESSION", "true", ParseCompression,
        "Compression of archives", "true, false or a Zstandard level from 1 to 22");

    public static readonly SettingDefinition<bool> PromoteAfterValidation = new(
        "PROMOTE_AFTER_VALIDATION", "false", ParseBoolean,
        "Promote a recovery by itself when its validation passes", "true or false");

    public static readonly SettingDefinition<LogLevel> LogLevel = new(
        "LOG_LEVEL", "INFO", ParseLogLevel, "How much jobs write", "DEBUG, INFO, WARN or ERROR");

    public static readonly SettingDefinition<bool> Projection = new(
        "GRAP_PROJECTION", "true", ParseBoolean,
        "Show backups, recovery state and audit log as nodes in the database", "true or false");

    public static readonly SettingDefinition<string> MetricFile = new(
        SettingName.MetricFile, null, Text, "The file that jobs write their metrics to; none where not set",
        "a file whose name ends in .prom");

    public static readonly SettingDefinition<Uri> Heartbeat = new(
        "GRAP_HEARTBEAT_URL", null, ParseHeartbeat, "An address that jobs ask for after each success",
        "an address that begins with https:// or http://")
    {
        Mask = SecretMask.Heartbeat,
    };

    public static readonly SettingDefinition<string> Schema = new(
        "GRAP_SCHEMA", null, Text, "The file that declares how the graph must be", "a file");

    /// <summary>All of them, in the order in which they are listed.</summary>
    public static IReadOnlyList<SettingDefinition> All =>
    [
        Uri, Auth, Database, Home, ConfigurationFolder, Data, Repository, Schedule, RetentionDays, CompressionLevel,
        PromoteAfterValidation, LogLevel, Projection, Schema, MetricFile, Heartbeat,
    ];

    private static string Text(string value) => value;

    private static ServerCredential? ParseAuth(string value)
    {
        if (value.Equals("none", StringComparison.OrdinalIgnoreCase))
            return null;
        // A user name has no slash, a password may.
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < value.Length - 1
            ? new ServerCredential(value[..slash], value[(slash + 1)..])
            : throw new FormatException();
    }

    private static int ParseCompression(string value)
    {
        if (bool.TryParse(value, out var compress))
            return compress ? DefaultCompressionLevel : 0;
        return ParseWithin(value, 1, 22);
    }

    private static int ParseRetentionDays(string value) => ParseWithin(value, 1, 36_500);

    private static int ParseWithin(string value, int least, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
            ? number
            : throw new FormatException();

    private static bool ParseBoolean(string value) =>
        bool.TryParse(value, out var result) ? result : throw new FormatException();

    private static LogLevel ParseLogLevel(string value) => value.ToUpperInvariant() switch
    {
        "DEBUG" => Configuration.LogLevel.Debug,
        "INFO" => Configuration.LogLevel.Info,
        "WARN" => Configuration.LogLevel.Warn,
        "ERROR" => Configuration.LogLevel.Error,
        _ => throw new FormatException(),
    };

    private static string ParseSchedule(string value)
    {
        try
        {
            return CronSchedule.Parse(value).Expression;
        }
        catch (GrapException wrong)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }

    private static Uri ParseHeartbeat(string value) =>
        System.Uri.TryCreate(value, UriKind.Absolute, out var address)
            && (address.Scheme == System.Uri.UriSchemeHttps || address.Scheme == System.Uri.UriSchemeHttp)
            ? address
            : throw new FormatException();

    private const int DefaultCompressionLevel = 1;
}
