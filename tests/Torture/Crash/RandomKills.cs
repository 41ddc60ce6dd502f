using System.Diagnostics;
using System.Globalization;
using Grap.Tests.Torture.Processes;

namespace Grap.Tests.Torture.Crash;

/// <summary>Kills processes at random moments while they take, list and remove backups.</summary>
internal sealed class RandomKills(Site site, SpareChild children, Books books, KillTable table, Random random)
{
    /// <summary>Longer than a process takes for its first backup, so that kills come to every step.</summary>
    private static readonly TimeSpan s_longestLife = TimeSpan.FromMilliseconds(1000);

    private static readonly TimeSpan s_tellEvery = TimeSpan.FromSeconds(30);

    public async Task RunAsync(int kills, CancellationToken cancellation)
    {
        var inspection = new Inspection(site, books);
        var told = Stopwatch.GetTimestamp();
        for (var kill = 1; kill <= kills; kill++)
        {
            await KillAsync(cancellation);
            table.Committed += inspection.LookAfterKill();
            // Every third time the next child cleans up, and may be killed while it does.
            if (kill == kills || random.Next(3) > 0)
                await new NextRun(site, books, table).RunAsync(cancellation);
            if (Stopwatch.GetElapsedTime(told) < s_tellEvery)
                continue;
            told = Stopwatch.GetTimestamp();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kill} of {kills} random kills"));
        }
    }

    private async Task KillAsync(CancellationToken cancellation)
    {
        await using var child = await children.TakeAsync(cancellation);
        var life = s_longestLife * random.NextDouble();
        child.Order([ChildWord.Roam, random.Next().ToString(CultureInfo.InvariantCulture), .. Site.Earlier]);
        await Task.Delay(life, cancellation);
        var heard = await child.KillAsync(cancellation);
        if (!child.WasKilled)
            throw new Violation("A process ended by itself; what it wrote to standard error says why.");
        books.Hear(heard);
        table.CountRandom(child.LastStep);
    }
}
