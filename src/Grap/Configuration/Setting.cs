namespace Grap.Configuration;

/// <summary>Where a setting's value came from, weakest first.</summary>
public enum SettingOrigin
{
    /// <summary>Nothing set it.</summary>
    Default,
    /// <summary>A line of the <c>.env</c> file.</summary>
    EnvFile,
    /// <summary>An environment variable.</summary>
    Environment,
    /// <summary>A parameter of the command.</summary>
    Parameter,
}

/// <summary>One setting as it is shown: safe to print, to log and to keep.</summary>
public sealed record Setting
{
    /// <summary>The variable's name.</summary>
    public required string Name { get; init; }
    /// <summary>The value in force, secrets masked; null where Grap asks the server or looks around.</summary>
    public string? Value { get; init; }
    /// <summary>What set it.</summary>
    public SettingOrigin Origin { get; init; }
    /// <summary><c>path:line</c> for a line of an <c>.env</c> file; null otherwise.</summary>
    public string? Source { get; init; }
    /// <summary>What it means.</summary>
    public required string Description { get; init; }
    /// <summary>What is wrong with the value; null where it is fine. Never repeats a secret.</summary>
    public string? Problem { get; init; }
    /// <summary><c>NAME=value</c>, masked.</summary>
    public override string ToString() => $"{Name}={Value}";
}

/// <summary>The settings that parameters of commands override, by their variables' names.</summary>
public static class SettingName
{
    /// <summary>The server's address.</summary>
    public const string Uri = "NEO4J_URI";
    /// <summary>The database.</summary>
    public const string Database = "NEO4J_DATABASE";
    /// <summary>The server's data folder.</summary>
    public const string Data = "NEO4J_DATA";
    /// <summary>The repository.</summary>
    public const string Repository = "BACKUP_DIR";
    /// <summary>When scheduled backups run.</summary>
    public const string Schedule = "BACKUP_SCHEDULE";
    /// <summary>Where jobs write their metrics.</summary>
    public const string MetricFile = "GRAP_METRIC_FILE";
}

/// <summary>How much a job writes.</summary>
public enum LogLevel
{
    /// <summary>Everything, for finding faults.</summary>
    Debug,
    /// <summary>What was done.</summary>
    Info,
    /// <summary>What needs attention.</summary>
    Warn,
    /// <summary>What failed.</summary>
    Error,
}

/// <summary>A user and a password. Prints the user only.</summary>
public sealed record ServerCredential(string User, string Password)
{
    /// <summary>The user.</summary>
    public override string ToString() => User;
}
