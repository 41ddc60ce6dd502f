using System.Globalization;
using Grap.Lab.Graphs;
using Grap.Lab.Installations;
using Grap.Lab.Servers;

namespace Grap.Lab;

/// <summary>What <c>serve</c> was asked for.</summary>
public sealed record ServeArguments
{
    /// <summary>How it is called.</summary>
    public const string Usage = """
        Grap.Lab serve [--version 5.26.30] [--auth VARIABLE] [--graph debian|generated|hostile|none] [--size N]
                       [--writer] [--setting NAME=VALUE]... [--heap MIB] [--page-cache MIB] [--offline]

        Starts a Neo4j, loads a graph, prints one line of JSON that says where it is, and runs until standard input ends
        or the word 'stop' comes. Further words on standard input: 'writer on', 'writer off', 'status'; each is answered
        by one line of JSON.
        --auth names an environment variable that holds the password; without it the server asks for none.
        """;

    /// <summary>The server.</summary>
    public LabServerOptions Server { get; init; } = new();

    /// <summary>The graph.</summary>
    public GraphOptions Graph { get; init; } = new(GraphName.None);

    /// <summary>Whether writing begins at once.</summary>
    public bool Writer { get; init; }

    /// <summary>Reads the words behind <c>serve</c>.</summary>
    /// <exception cref="LabException">A word that is not known, or has no sensible value.</exception>
    public static ServeArguments Parse(
        IReadOnlyList<string> words, Func<string, string?> environment, Action<string> log)
    {
        var server = new LabServerOptions { Finder = new InstallationFinder { Environment = environment, Log = log } };
        var graph = new GraphOptions(GraphName.None);
        var writer = false;
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index];
            switch (word)
            {
                case "--version":
                    server = server with { Version = Value() };
                    break;
                case "--auth":
                    server = server with { Password = Password(Value()) };
                    break;
                case "--heap":
                    server = server with { HeapMegabytes = Number(Value()) };
                    break;
                case "--page-cache":
                    server = server with { PageCacheMegabytes = Number(Value()) };
                    break;
                case "--setting":
                    var pair = Value().Split('=', 2);
                    if (pair.Length < 2)
                        throw new LabException($"'{pair[0]}' has no value.");
                    settings[pair[0]] = pair[1];
                    break;
                case "--offline":
                    server = server with { Finder = server.Finder with { Offline = true } };
                    break;
                case "--graph":
                    graph = graph with { Name = KnownGraph(Value()) };
                    break;
                case "--size":
                    graph = graph with { Size = Number(Value()) };
                    break;
                case "--writer":
                    writer = true;
                    break;
                default:
                    throw new LabException($"'{word}' is not known.\n{Usage}");
            }

            string Value() =>
                ++index < words.Count ? words[index] : throw new LabException($"'{word}' needs a value.\n{Usage}");
        }
        return new ServeArguments { Server = server with { Settings = settings }, Graph = graph, Writer = writer };

        string Password(string variable) => environment(variable) is { Length: > 0 } password
            ? password
            : throw new LabException($"The environment variable '{variable}' holds no password.");
    }

    private static GraphName KnownGraph(string text) =>
        Enum.TryParse<GraphName>(text, ignoreCase: true, out var name) && Enum.IsDefined(name)
            ? name
            : throw new LabException($"No graph is named '{text}'.");

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new LabException($"'{text}' is no number.");
}
