namespace Grap.Tests.Torture.Crash;

/// <summary>The run that comes after a kill and has to clean up.</summary>
internal sealed class NextRun(Site site, Books books, KillTable table)
{
    private const int Turns = 10;
    private const int TurnOfTrash = 4;
    private const int TurnOfBackup = 9;
    private const int MostBackups = 6;

    /// <summary>Takes the lock and lets it go, which is all that cleaning up needs; now and then takes a whole backup
    /// instead, or brings back all of the trash. Then nothing of the dead may be left.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var turn = table.NextRuns++ % Turns;
        if (turn == TurnOfBackup)
            books.Enter(await site.TakeAsync(null, cancellation));
        else if (turn == TurnOfTrash)
            BringBackAll(cancellation);
        else
            site.Open().Lock("next run", cancellation).Dispose();
        var inspection = new Inspection(site, books);
        inspection.LookAfterRun();
        foreach (var id in books.Unproven)
            await site.ProveAsync(id, cancellation);
        books.Unproven.Clear();
        RemoveSome(cancellation);
    }

    /// <summary>What is in the trash must come back whole, whoever moved it there.</summary>
    private void BringBackAll(CancellationToken cancellation)
    {
        var repository = site.Open();
        using var held = repository.Lock("bring back", cancellation);
        foreach (var id in books.Trash.ToList())
        {
            repository.UndoRemoval(id, held, cancellation);
            books.BringBack(id);
            table.BroughtBack++;
        }
    }

    /// <summary>So that the repository stays small, and looking at it quick.</summary>
    private void RemoveSome(CancellationToken cancellation)
    {
        var surplus = books.Ids.Except(Site.Earlier, StringComparer.Ordinal).ToList();
        if (surplus.Count + books.Trash.Count <= MostBackups)
            return;
        var repository = site.Open();
        using var held = repository.Lock("make room", cancellation);
        foreach (var id in surplus.Skip(1))
        {
            repository.Remove(id, held, force: true);
            books.Strike(id);
        }
        foreach (var backup in repository.ListTrash().Skip(1))
        {
            repository.Purge(backup, held);
            books.Strike(backup.Id);
        }
    }
}
