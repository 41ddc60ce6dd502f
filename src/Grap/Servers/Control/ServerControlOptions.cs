using System.Text.RegularExpressions;

namespace Grap.Servers.Control;

/// <summary>What a user says of how a server is stopped and started: exactly one way. There is no default: which server
/// to stop is never guessed.</summary>
public sealed partial record ServerControlOptions
{
    private const string HomeDetail = "control.home";
    private const string ConfigurationDetail = "control.configuration";
    private const string UnitDetail = "control.unit";
    private const string ContainerDetail = "control.container";

    /// <summary>The installation whose <c>bin/neo4j</c> stops and starts it.</summary>
    public string? Home { get; init; }

    /// <summary>The folder of its <c>neo4j.conf</c>; null for <c>conf</c> in <see cref="Home"/>.</summary>
    public string? Configuration { get; init; }

    /// <summary>The systemd unit that it is.</summary>
    public string? SystemdUnit { get; init; }

    /// <summary>The Docker container that it runs in, by name or id.</summary>
    public string? Container { get; init; }

    /// <summary>The command that stops it, for the system's shell: <c>/bin/sh</c>, or PowerShell on Windows.</summary>
    public string? StopCommand { get; init; }

    /// <summary>The command that starts it.</summary>
    public string? StartCommand { get; init; }

    /// <summary>Whether a way is given.</summary>
    public bool IsGiven => Ways > 0;

    private int Ways => new[] { Home, SystemdUnit, Container, StopCommand ?? StartCommand }
        .Count(static way => way is not null);

    /// <summary>The control.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.SettingInvalid"/>: none, several, or half of one is
    /// given, or a name is none.</exception>
    public IServerControl Create(TimeProvider time)
    {
        if (Ways != 1 || (StopCommand is null) != (StartCommand is null) || (Configuration is not null && Home is null))
        {
            throw new GrapException(GrapCondition.SettingInvalid,
                "It is not clear how the server is stopped and started.",
                "Give exactly one: the installation whose neo4j command does it, a systemd unit, a Docker container, "
                + "or both a command that stops it and one that starts it.");
        }
        if (SystemdUnit is not null)
            return new SystemdUnitControl(Named(SystemdUnit, UnitName(), "systemd unit"), time);
        if (Container is not null)
            return new DockerContainerControl(Named(Container, ContainerName(), "Docker container"), time);
        return Home is not null
            ? new Neo4jCommandControl(Home, Configuration, time)
            : new UserCommandControl(StopCommand!, StartCommand!, time);
    }

    /// <summary>The same as text by name, for a journal. Commands are left out: nobody can know that no secret is in
    /// them.</summary>
    internal IEnumerable<KeyValuePair<string, string>> ToDetails() => new (string Name, string? Value)[]
    {
        (HomeDetail, Home), (ConfigurationDetail, Configuration), (UnitDetail, SystemdUnit),
        (ContainerDetail, Container),
    }.Where(static detail => detail.Value is not null).Select(static d => KeyValuePair.Create(d.Name, d.Value!));

    /// <summary>What a journal says.</summary>
    internal static ServerControlOptions FromDetails(IReadOnlyDictionary<string, string> details) => new()
    {
        Home = details.GetValueOrDefault(HomeDetail),
        Configuration = details.GetValueOrDefault(ConfigurationDetail),
        SystemdUnit = details.GetValueOrDefault(UnitDetail),
        Container = details.GetValueOrDefault(ContainerDetail),
    };

    /// <summary>The record's text without the commands.</summary>
    public override string ToString() => string.Join(", ", ToDetails().Select(static d => $"{d.Key} = {d.Value}"));

    private static string Named(string name, Regex form, string what) => form.IsMatch(name)
        ? name
        : throw new GrapException(GrapCondition.SettingInvalid, $"'{name}' is no name of a {what}.",
            "Give the name as the system lists it.", name);

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9:_.@\\-]*$", RegexOptions.None, 1000)]
    private static partial Regex UnitName();

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.-]*$", RegexOptions.None, 1000)]
    private static partial Regex ContainerName();
}
