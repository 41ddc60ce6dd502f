using System.Diagnostics;
using System.Globalization;
using Grap.Tests.Torture.Processes;

namespace Grap.Tests.Torture.Crash;

/// <summary>Kills processes at random moments while they take, list and remove backups, move them to
/// the trash, bring them back and purge them.</summary>
internal sealed class RandomKills(Site site, SpareChild children, Books books, KillTable table, Random random)
{
    private const int MostOperations = 8;

    /// <summary>Longer than a process takes for its first backup, so that kills come to every step.</summary>
    private static readonly TimeSpan s_longestLife = TimeSpan.FromMilliseconds(1000);

    // It asks the server more, and proves that the folder is its.
    private static readonly TimeSpan s_longestCopy = TimeSpan.FromMilliseconds(5000);

    private static readonly TimeSpan s_longestOperation = TimeSpan.FromMilliseconds(100);

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
        var takes = random.Next(2) == 0 || site.Copies;
        var (life, operations) = (random.NextDouble(), random.Next(1, MostOperations + 1));
        child.Order(
        [
            ChildWord.Roam, random.Next().ToString(CultureInfo.InvariantCulture), takes.ToString(), .. Site.Earlier,
        ]);
        // Backups are moved and removed in milliseconds, of which a fresh process has hardly any: such a one is killed
        // in one of its first operations, and one that takes backups at any time.
        if (!takes)
            await HearBeginAsync(child, operations, cancellation);
        var longest = site.Copies ? s_longestCopy : takes ? s_longestLife : s_longestOperation;
        await Task.Delay(longest * life, cancellation);
        books.Hear(await child.KillAsync(cancellation));
        if (!child.WasKilled)
            throw new Violation("A process ended by itself; what it wrote to standard error says why.");
        table.CountRandom(child.LastStep);
    }

    private async Task HearBeginAsync(Child child, int operations, CancellationToken cancellation)
    {
        for (var begun = 0; begun < operations; begun++)
            books.Hear(await child.HearUntilAsync(cancellation, ChildWord.Begin));
    }
}
