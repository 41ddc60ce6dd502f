using Grap.Lab;
using Grap.Tests.Torture.Processes;

namespace Grap.Tests.Torture.Crash;

/// <summary>Kills processes over a repository, first at every named step and then at random, and looks at it after each
/// kill.</summary>
internal static class CrashRun
{
    /// <summary>The same over copies of the server's files: what takes them is killed, and nothing else.</summary>
    public static async Task RunCopyingAsync(Site site, TortureArguments arguments, CancellationToken cancellation)
    {
        if (site.DataFolder is null)
            throw new LabException("The server's data folder is not known: name it with --data.");
        site.Copies = true;
        try
        {
            await RunAsync(site, arguments, cancellation);
        }
        finally
        {
            site.Copies = false;
        }
    }

    /// <summary>Kills those that take backups over Bolt, and all that may be done to backups.</summary>
    public static async Task RunAsync(Site site, TortureArguments arguments, CancellationToken cancellation)
    {
        await site.RenewAsync(cancellation);
        var books = new Books();
        foreach (var id in Site.Earlier)
            books.Enter(id);
        new Inspection(site, books).LookAfterRun();
        var table = new KillTable();
        await using var children = new SpareChild(site, "crash");
        await using var unconnected = new SpareChild(site, "crash-unconnected", connects: false);
        try
        {
            await new FailpointKills(site, children, unconnected, books, table, arguments.Every)
                .RunAsync(cancellation);
            var random = new Random(arguments.Seed);
            await new RandomKills(site, children, books, table, random).RunAsync(arguments.Kills, cancellation);
        }
        finally
        {
            table.Print(Console.Out);
        }
        Console.WriteLine(
            "Every earlier backup is intact, no half backup was ever listed, and nothing was left behind.");
    }
}
