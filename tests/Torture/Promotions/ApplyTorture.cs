using System.Globalization;
using Grap.Tests.Torture.Processes;

namespace Grap.Tests.Torture.Promotions;

/// <summary>Kills processes that promote a backup, and that undo it, at every step.</summary>
internal static class ApplyTorture
{
    public static async Task RunAsync(Site site, TortureArguments arguments, CancellationToken cancellation)
    {
        await site.RenewAsync(cancellation);
        var scene = await PromotionScene.PrepareAsync(site, cancellation);
        await using var children = new SpareChild(site, "apply");
        var kills = new PromotionKills(site, scene, children);
        foreach (var how in new[] { ChildWord.AtOnce, ChildWord.Stepwise })
        {
            await kills.RunAsync(ChildWord.Promote, how, arguments.Kills, cancellation);
            await kills.RunAsync(ChildWord.Undo, how, arguments.Kills, cancellation);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{kills.Kills} kills: production was {kills.Before} times the graph before, {kills.After} times the one after, "
            + $"and {kills.Between} times, stepwise, between; {kills.Undone} were taken back."));
        Console.WriteLine("The record always said which, and one command ended or undid each.");
    }
}
