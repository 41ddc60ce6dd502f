using System.Globalization;
using Grap.Lab.Servers;

namespace Grap.Tests.Torture;

/// <summary>What the program was asked for.</summary>
/// <param name="Runs">Which of crash, hotcopy, suspend, contend, apply, recover, copy and swap, in this order.</param>
/// <param name="Kills">Random kills, after those at failpoints; of apply and recover, at how many steps each at most.</param>
/// <param name="Seed">Seed of the random moments.</param>
/// <param name="Rounds">Operations of each of two processes that contend.</param>
/// <param name="Server">A server that runs already; null to start one. Not for copy and swap, which have
/// their own.</param>
internal sealed record TortureArguments(IReadOnlyList<string> Runs, int Kills, int Seed, int Rounds, string? Server)
{
    public const string Usage =
        "Usage: Grap.Tests.Torture crash|hotcopy|suspend|contend|apply|recover|copy|swap … "
        + "[--kills N] [--every N] [--seed S] [--rounds N] [--server bolt://HOST:PORT] [--data FOLDER] "
        + "[--copies N] [--versions V,V,…] [--small] [--no-controls] [--moments N]";

    /// <summary>The data folder of <see cref="Server"/>, for hotcopy.</summary>
    public string? Data { get; init; }

    /// <summary>Copies of servers under load.</summary>
    public int Copies { get; init; } = 200;

    /// <summary>Crash kills at one of so many steps.</summary>
    public int Every { get; init; } = 1;

    /// <summary>At how many moments a promotion is killed.</summary>
    public int Moments { get; init; } = int.MaxValue;

    /// <summary>The Neo4j versions whose servers are copied, or exchanged, in turn.</summary>
    public IReadOnlyList<string> Versions { get; init; } = [LabServerOptions.DefaultVersion];

    /// <summary>Whether these servers have a small graph; of recover, whether only a logical backup is recovered.</summary>
    public bool Small { get; init; }

    /// <summary>Whether it is shown first that bad copies are found.</summary>
    public bool Controls { get; init; } = true;

    public static TortureArguments Parse(string[] words)
    {
        var arguments = new TortureArguments([], Kills: 1000, Seed: 1, Rounds: 40, Server: null);
        for (var i = 0; i < words.Length; i++)
        {
            arguments = words[i] switch
            {
                "crash" or "hotcopy" or "suspend" or "contend" or "apply" or "recover" or "copy" or "swap" =>
                    arguments with { Runs = [.. arguments.Runs, words[i]] },
                "--kills" => arguments with { Kills = Number(words, ++i) },
                "--every" => arguments with { Every = Math.Max(1, Number(words, ++i)) },
                "--seed" => arguments with { Seed = Number(words, ++i) },
                "--rounds" => arguments with { Rounds = Number(words, ++i) },
                "--copies" => arguments with { Copies = Number(words, ++i) },
                "--versions" when i + 1 < words.Length => arguments with { Versions = words[++i].Split(',') },
                "--moments" => arguments with { Moments = Number(words, ++i) },
                "--small" => arguments with { Small = true },
                "--no-controls" => arguments with { Controls = false },
                "--server" when i + 1 < words.Length => arguments with { Server = words[++i] },
                "--data" when i + 1 < words.Length => arguments with { Data = words[++i] },
                _ => throw new ArgumentException($"'{words[i]}' is not known.", nameof(words)),
            };
        }
        return arguments.Runs.Count > 0
            ? arguments
            : throw new ArgumentException("Nothing was asked for.", nameof(words));
    }

    private static int Number(string[] words, int at) =>
        at < words.Length && int.TryParse(words[at], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException($"{words[at - 1]} needs a number.", nameof(words));
}
