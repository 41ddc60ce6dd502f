namespace Grap.Tests.Torture.Crash;

/// <summary>The run that comes after a kill and has to clean up.</summary>
internal sealed class NextRun(Site site, Books books, KillTable table)
{
    private const int BackupEvery = 10;
    private const int MostBackups = 6;

    /// <summary>Takes the lock and lets it go, which is all that cleaning up needs; now and then takes a whole backup
    /// instead. Then nothing of the dead may be left.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (table.NextRuns++ % BackupEvery == BackupEvery - 1)
            books.Enter(await site.TakeAsync(null, cancellation));
        else
            site.Open().Lock("next run", cancellation).Dispose();
        var inspection = new Inspection(site, books);
        inspection.LookAfterRun();
        foreach (var id in books.Unproven)
            await site.ProveAsync(id, cancellation);
        books.Unproven.Clear();
        RemoveSome(cancellation);
    }

    /// <summary>So that the repository stays small, and looking at it quick.</summary>
    private void RemoveSome(CancellationToken cancellation)
    {
        var surplus = books.Ids.Except(Site.Earlier, StringComparer.Ordinal).ToList();
        if (surplus.Count <= MostBackups)
            return;
        var repository = site.Open();
        using var held = repository.Lock("make room", cancellation);
        foreach (var id in surplus.Skip(1))
        {
            repository.Remove(id, held, force: true);
            books.Strike(id);
        }
    }
}
