using System.Globalization;
using Grap.Tests.Torture.Failpoints;
using Grap.Tests.Torture.Processes;

namespace Grap.Tests.Torture.Crash;

/// <summary>Kills a process once at every step of every operation, or at one of so many.</summary>
internal sealed class FailpointKills(
    Site site, SpareChild children, SpareChild unconnected, Books books, KillTable table, int every)
{
    /// <summary>Where to kill a run so that the next has something of each kind to clean up.</summary>
    private static readonly (string Operation, Failpoint At)[] s_leavings =
    [
        (ChildWord.Take, Kill("publish: rename temporary archive (the commit)")),
        (ChildWord.Take, new Failpoint("publish: append to journal", 1, FailpointAction.KillHalfway)),
        (ChildWord.Remove, Kill("remove: create journal lock")),
        (ChildWord.Trash, Kill("trash: create journal lock")),
    ];

    private readonly Inspection _inspection = new(site, books);
    private readonly HashSet<string> _readingsTried = new(StringComparer.Ordinal);
    private int _number;
    private int _steps;

    public async Task RunAsync(CancellationToken cancellation)
    {
        // What is done to a backup that is there is the same whatever it is.
        string[] operations = site.Copies ? [ChildWord.Take] :
        [
            ChildWord.Take, ChildWord.Remove, ChildWord.Trash, ChildWord.BringBack, ChildWord.Purge, ChildWord.List,
        ];
        foreach (var operation in operations)
        {
            foreach (var failpoint in (await RehearseAsync(operation, cancellation)).Where(IsTurn))
            {
                await PrepareAsync(operation, cancellation);
                await KillAsync(operation, failpoint, cancellation);
                await new NextRun(site, books, table).RunAsync(cancellation);
            }
        }
        foreach (var (operation, failpoint) in s_leavings.Where(leaving => operations.Contains(leaving.Operation)))
            await KillCleaningUpAsync(operation, failpoint, cancellation);
    }

    /// <summary>Kills the run that cleans up after a killed one, and lets another clean up after both.</summary>
    private async Task KillCleaningUpAsync(string operation, Failpoint leaving, CancellationToken cancellation)
    {
        await PrepareAsync(operation, cancellation);
        await KillAsync(operation, leaving, cancellation);
        var photograph = site.Photograph();
        var booksThen = books.Photograph();
        var failpoints = await RehearseAsync(ChildWord.Recover, cancellation);
        // Before a step that only reads, the disk is as before the next one that writes: each is tried after one of the
        // leavings.
        foreach (var failpoint in failpoints)
        {
            if ((IsReading(failpoint) && !_readingsTried.Add(failpoint.Step)) || !IsTurn(failpoint))
                continue;
            site.BringBack(photograph);
            booksThen();
            await KillAsync(ChildWord.Recover, failpoint, cancellation);
            await new NextRun(site, books, table).RunAsync(cancellation);
        }
    }

    private bool IsTurn(Failpoint _) => _steps++ % every == 0;

    /// <summary>Lets the operation run through and returns its steps.</summary>
    private async Task<List<Failpoint>> RehearseAsync(string operation, CancellationToken cancellation)
    {
        await PrepareAsync(operation, cancellation);
        await using var child = await SpareFor(operation).TakeAsync(cancellation);
        child.Order([operation, .. IdFor(operation)]);
        var heard = await child.EndAsync(cancellation);
        books.Hear(heard);
        _inspection.LookAfterKill();
        var failpoints = new List<Failpoint>();
        foreach (var answer in heard)
        {
            if (answer is not [ChildWord.Step, var step, var canBeHalf])
                continue;
            failpoints.Add(Kill(step));
            if (bool.Parse(canBeHalf))
                failpoints.Add(new Failpoint(step, 1, FailpointAction.KillHalfway));
        }
        return failpoints;
    }

    private async Task KillAsync(string operation, Failpoint failpoint, CancellationToken cancellation)
    {
        await using var child = await SpareFor(operation).TakeAsync(cancellation);
        child.Arm(failpoint);
        child.Order([operation, .. IdFor(operation)]);
        books.Hear(await child.EndAsync(cancellation));
        if (child.WasKilled)
            table.CountFailpoint(failpoint);
        else if (failpoint.Step is StepTrail.ReadingGraph or StepTrail.CopyingFiles)
            // Told by a timer, which a small graph may outrun.
            table.Finished++;
        else
            throw new Violation($"{operation} did not come to its failpoint '{failpoint.Title}'.");
        table.Committed += _inspection.LookAfterKill();
    }

    private async Task PrepareAsync(string operation, CancellationToken cancellation)
    {
        var ofTrash = operation is ChildWord.BringBack or ChildWord.Purge && books.Trash.Count == 0;
        if ((ofTrash || operation is ChildWord.Remove or ChildWord.Trash) && Removable() is null)
            books.Enter(await site.TakeAsync(null, cancellation));
        if (!ofTrash)
            return;
        var repository = site.Open();
        var id = Removable()!;
        using (var held = repository.Lock("fill the trash", cancellation))
            repository.MoveToTrash(id, held, "torture");
        books.MoveToTrash(id);
    }

    private SpareChild SpareFor(string operation) => operation == ChildWord.Take ? children : unconnected;

    private string[] IdFor(string operation) => operation switch
    {
        ChildWord.Take => [string.Create(CultureInfo.InvariantCulture, $"new-{++_number}")],
        ChildWord.Remove or ChildWord.Trash => [Removable()!],
        ChildWord.BringBack or ChildWord.Purge => [books.Trash.First()],
        _ => [],
    };

    private string? Removable() => books.Ids.Except(Site.Earlier, StringComparer.Ordinal).FirstOrDefault();

    private static bool IsReading(Failpoint failpoint) =>
        failpoint.Step.Split(' ')[1] is "read" or "list" or "look" or "open";

    private static Failpoint Kill(string step) => new(step, 1, FailpointAction.Kill);
}
