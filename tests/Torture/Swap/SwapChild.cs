using System.Diagnostics;
using Grap.Bolt;
using Grap.Lab.Servers;
using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Swap;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Control;

namespace Grap.Tests.Torture.Swap;

/// <summary>The process that promotes, and kills itself at a moment.</summary>
internal static class SwapChild
{
    public const string Word = "swap-child";

    /// <summary>Starts it and waits for its end.</summary>
    /// <returns>Whether it was killed, and did not come to its end.</returns>
    public static async Task<bool> RunAsync(
        string repository, CommandServer server, string moment, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false };
        foreach (var word in (string[])
        [
            TortureProgram.Path, Word, repository, server.Login.Address.ToString(), server.Control.Home!,
            server.Control.Configuration!, moment,
        ])
            start.ArgumentList.Add(word);
        using var child = Process.Start(start)!;
        await child.WaitForExitAsync(cancellation);
        return child.ExitCode != 0;
    }

    /// <summary>What it does.</summary>
    public static async Task BeAsync(string[] words)
    {
        var moments = new KillMoments(words[5]);
        var strategy = new SwapStrategy(new SwapOptions
        {
            Login = new SessionOptions(BoltAddress.Parse(words[2]), BoltAuth.None),
            Control = new ServerControlOptions { Home = words[3], Configuration = words[4] },
        })
        {
            Files = moments,
        };
        await new Promoter(FolderRepository.Open(words[1], create: false), [strategy])
            .PromoteAsync(CommandServer.Database, PromotionStrategy.Swap, moments, CancellationToken.None);
    }
}
