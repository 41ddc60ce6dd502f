using System.Security;
using System.Text;
using Grap.Bolt;

namespace Grap.Configuration;

/// <summary>
/// The settings in force. Each is taken from the strongest place that names it: a parameter, an environment variable,
/// the <c>.env</c> file (in the current folder, or where <c>GRAP_ENV_FILE</c> says), the default. An empty value counts
/// as not set. A value is checked when it is asked for, so that a wrong one stops only the commands that need it;
/// asking throws <see cref="GrapException"/> with SettingInvalid (InvalidAddress for <see cref="Uri"/>), naming the
/// place it came from.
/// </summary>
public sealed class GrapSettings
{
    private const string EnvFileVariable = "GRAP_ENV_FILE";
    private readonly Dictionary<string, Found> _found;

    private GrapSettings(Dictionary<string, Found> found) => _found = found;

    /// <summary>The server's address.</summary>
    public BoltAddress Uri => Read(SettingCatalog.Uri)!;

    /// <summary>Who connects; null for no authentication.</summary>
    public ServerCredential? Auth => Read(SettingCatalog.Auth);

    /// <summary>The database; null for the server's home database.</summary>
    public string? Database => Read(SettingCatalog.Database);

    /// <summary>A Neo4j installation; null to look for one.</summary>
    public string? Home => Read(SettingCatalog.Home);

    /// <summary>The folder of the server's configuration; null for the one in <see cref="Home"/>.</summary>
    public string? ConfigurationFolder => Read(SettingCatalog.ConfigurationFolder);

    /// <summary>The server's data folder; null to ask a local server.</summary>
    public string? Data => Read(SettingCatalog.Data);

    /// <summary>The repository, as it was written: a relative path is relative to the current folder.</summary>
    public string Repository => Read(SettingCatalog.Repository)!;

    /// <summary>A cron expression.</summary>
    public string Schedule => Read(SettingCatalog.Schedule)!;

    /// <summary>Days to keep a backup.</summary>
    public int RetentionDays => Read(SettingCatalog.RetentionDays);

    /// <summary>Zstandard level, 1 to 22; 0 for none.</summary>
    public int CompressionLevel => Read(SettingCatalog.CompressionLevel);

    /// <summary>Whether a validated recovery is promoted by itself.</summary>
    public bool PromoteAfterValidation => Read(SettingCatalog.PromoteAfterValidation);

    /// <summary>How much jobs write.</summary>
    public LogLevel LogLevel => Read(SettingCatalog.LogLevel);

    /// <summary>Whether Grap keeps nodes of its own in the database.</summary>
    public bool Projection => Read(SettingCatalog.Projection);

    /// <summary>The file of a declared schema, as it was written; null for none.</summary>
    public string? Schema => Read(SettingCatalog.Schema);

    /// <summary>The file that jobs write their metrics to, as it was written; null for none.</summary>
    public string? MetricFile => Read(SettingCatalog.MetricFile);

    /// <summary>What jobs ask for after each success; null for nothing. A secret.</summary>
    public Uri? Heartbeat => Read(SettingCatalog.Heartbeat);

    /// <summary>What set the named setting.</summary>
    public SettingOrigin OriginOf(string name) => _found[name].Origin;

    /// <summary>Finds every setting. Throws <see cref="GrapException"/> with SettingInvalid for an <c>.env</c> file
    /// that cannot be read or understood, or that <c>GRAP_ENV_FILE</c> names and that is not there.</summary>
    /// <param name="surroundings">Environment and files.</param>
    /// <param name="parameters">What a command was given, by the setting's name; null values count as not
    /// given.</param>
    public static GrapSettings Load(
        SettingSurroundings surroundings, IReadOnlyDictionary<string, string?>? parameters = null)
    {
        var envFile = ReadEnvFile(surroundings);
        var found = new Dictionary<string, Found>(StringComparer.Ordinal);
        foreach (var definition in SettingCatalog.All)
            found[definition.Name] = Find(definition, surroundings, parameters, envFile);
        return new GrapSettings(found);
    }

    /// <summary>Every setting as it may be shown, with what is wrong with it.</summary>
    public IReadOnlyList<Setting> List() => [.. SettingCatalog.All.Select(Describe)];

    /// <summary>What asking for the named setting would throw; null where it is fine.</summary>
    public GrapException? FindProblem(string name)
    {
        try
        {
            Check(SettingCatalog.All.Single(definition => definition.Name == name));
            return null;
        }
        catch (GrapException e)
        {
            return e;
        }
    }

    private static Found Find(SettingDefinition definition, SettingSurroundings surroundings,
        IReadOnlyDictionary<string, string?>? parameters, EnvFile? envFile)
    {
        if (parameters?.GetValueOrDefault(definition.Name) is { Length: > 0 } given)
            return new Found(given, SettingOrigin.Parameter, null);
        if (surroundings.Variable(definition.Name) is { Length: > 0 } variable)
            return new Found(variable, SettingOrigin.Environment, null);
        if (envFile?.Lines.GetValueOrDefault(definition.Name) is { Value.Length: > 0 } line)
            return new Found(line.Value, SettingOrigin.EnvFile, $"{envFile.Path}:{line.Line}");
        return new Found(definition.Default, SettingOrigin.Default, null);
    }

    private static EnvFile? ReadEnvFile(SettingSurroundings surroundings)
    {
        var named = surroundings.Variable(EnvFileVariable);
        var isNamed = !string.IsNullOrEmpty(named);
        var path = isNamed ? named! : ".env";
        if (surroundings.Folder is not null)
            path = Path.Combine(surroundings.Folder, path);
        else if (!Path.IsPathFullyQualified(path))
            return null;
        string? text;
        try
        {
            text = surroundings.ReadFile(path);
        }
        catch (Exception e) when (
            e is IOException or UnauthorizedAccessException or SecurityException or DecoderFallbackException)
        {
            // The exception of a wrong encoding quotes bytes of the file: it goes no further.
            var why = e is DecoderFallbackException ? "it is not UTF-8" : e.Message;
            throw Unreadable($"{path} cannot be read: {why}", path, e is DecoderFallbackException ? null : e);
        }
        if (text is null && isNamed)
            throw Unreadable($"{EnvFileVariable} names {path}, and there is no such file.", path, null);
        return text is null ? null : EnvFile.Parse(text, path);
    }

    private static GrapException Unreadable(string message, string path, Exception? inner) => new(
        GrapCondition.SettingInvalid, message,
        $"Save the file as UTF-8 where this user may read it, or set {EnvFileVariable} to the file that is meant.",
        path, inner);

    private Setting Describe(SettingDefinition definition)
    {
        var found = _found[definition.Name];
        return new Setting
        {
            Name = definition.Name,
            Value = Shown(definition, found.Value),
            Origin = found.Origin,
            Source = found.Source,
            Description = definition.Description,
            Problem = FindProblem(definition.Name)?.Message,
        };
    }

    private T? Read<T>(SettingDefinition<T> definition)
    {
        Check(definition);
        return _found[definition.Name].Value is { } value ? definition.Parse(value) : default;
    }

    private void Check(SettingDefinition definition)
    {
        var found = _found[definition.Name];
        if (found.Value is null)
            return;
        try
        {
            definition.Check(found.Value);
        }
        catch (BoltException e) when (e.Kind == BoltErrorKind.InvalidAddress)
        {
            throw Invalid(GrapCondition.InvalidAddress, definition, found, e.Message);
        }
        catch (FormatException wrong)
        {
            throw Invalid(GrapCondition.SettingInvalid, definition, found,
                wrong.InnerException is GrapException why ? why.Message : $"Not {definition.Expected}.");
        }
    }

    private static GrapException Invalid(
        GrapCondition condition, SettingDefinition definition, Found found, string problem)
    {
        var place = found.Origin switch
        {
            SettingOrigin.Parameter => "given as a parameter",
            SettingOrigin.Environment => "from the environment",
            SettingOrigin.EnvFile => $"from {found.Source}",
            _ => "by default",
        };
        return new GrapException(condition,
            $"{definition.Name}, {place}, is '{Shown(definition, found.Value)}'. {problem}",
            $"Set {definition.Name} to {definition.Expected}.", definition.Name);
    }

    private static string? Shown(SettingDefinition definition, string? value) =>
        value is not null && definition.Mask is { } mask ? mask(value) : value;

    private sealed record Found(string? Value, SettingOrigin Origin, string? Source)
    {
        public override string ToString() => Source ?? Origin.ToString();
    }
}
