using Grap.Recovery.Promotion;
using Grap.Recovery.Promotion.Applying;
using Grap.Recovery.States;
using Grap.Tests.Torture.Failpoints;
using Grap.Tests.Torture.Processes;

namespace Grap.Tests.Torture.Promotions;

/// <summary>Kills a process once at every step of a promotion, or of undoing one, and sees that one command ends it or
/// takes it back.</summary>
internal sealed class PromotionKills(Site site, PromotionScene scene, SpareChild children)
{
    // The record is replaced once for every step, each time by the same calls.
    private const string Replacing = "rename temporary recovery";
    private const int Replacements = 5;

    /// <summary>Processes that were killed.</summary>
    public int Kills { get; private set; }

    /// <summary>How often production was the graph before, after a kill.</summary>
    public int Before { get; private set; }

    /// <summary>How often it was the graph that it was to become.</summary>
    public int After { get; private set; }

    /// <summary>How often it was neither, which the record must say.</summary>
    public int Between { get; private set; }

    /// <summary>How often the next command took back what was begun.</summary>
    public int Undone { get; private set; }

    /// <summary>Kills a process at every step.</summary>
    /// <param name="operation">Promote or undo.</param>
    /// <param name="how">At once, or stepwise.</param>
    /// <param name="most">At how many steps at most, evenly chosen.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task RunAsync(string operation, string how, int most, CancellationToken cancellation)
    {
        var number = 0;
        var all = await RehearseAsync(operation, how, cancellation);
        foreach (var failpoint in all.Where((_, i) => i * most / all.Count != (i - 1) * most / all.Count || most >= all.Count))
        {
            await PrepareAsync(operation, cancellation);
            if (!await KillAsync(operation, how, failpoint, cancellation))
                continue;
            await LookAsync(operation, how, failpoint, cancellation);
            await EndAsync(operation, number++ % 2 == 0, cancellation);
        }
    }

    private async Task<List<Failpoint>> RehearseAsync(string operation, string how, CancellationToken cancellation)
    {
        await PrepareAsync(operation, cancellation);
        await using var child = await children.TakeAsync(cancellation);
        child.Order(operation, how);
        var failpoints = new List<Failpoint>();
        foreach (var answer in await child.EndAsync(cancellation))
        {
            if (answer is [ChildWord.Refused, .., var message])
                throw new Violation($"{operation} was refused: {message}");
            if (answer is not [ChildWord.Step, var step, _])
                continue;
            if (step.EndsWith(Replacing, StringComparison.Ordinal))
                failpoints.AddRange(Enumerable.Range(1, Replacements).Select(n => new Failpoint(step, n, FailpointAction.Kill)));
            else if (PromotionScene.IsStep(step.Split(": ")[1]))
                failpoints.Add(new Failpoint(step, 1, FailpointAction.Kill));
        }
        if (failpoints.Count == 0)
            throw new Violation($"{operation} told no step.");
        return failpoints;
    }

    // Production as it was, or, to be undone, as it was promoted to.
    private async Task PrepareAsync(string operation, CancellationToken cancellation)
    {
        var promoted = scene.Record().State == RecoveryState.Promoted;
        if (operation == ChildWord.Promote && promoted)
            await Promoter().UndoAsync(scene.Database, null, cancellation);
        if (operation == ChildWord.Undo && !promoted)
            await Promoter().PromoteAsync(scene.Database, PromotionStrategy.Apply, null, cancellation);
    }

    private async Task<bool> KillAsync(
        string operation, string how, Failpoint failpoint, CancellationToken cancellation)
    {
        await using var child = await children.TakeAsync(cancellation);
        child.Arm(failpoint);
        child.Order(operation, how);
        var heard = await child.EndAsync(cancellation);
        if (heard.Find(static answer => answer[0] == ChildWord.Refused) is { } refused)
            throw new Violation($"{operation} was refused: {refused[^1]}");
        if (!child.WasKilled && failpoint.Occurrence == 1)
            throw new Violation($"{operation} did not come to its failpoint '{failpoint.Title}'.");
        if (child.WasKilled)
            Kills++;
        return child.WasKilled;
    }

    // Production is the one graph or the other, and the record does not claim what is not so.
    private async Task LookAsync(string operation, string how, Failpoint failpoint, CancellationToken cancellation)
    {
        var (isNew, isOld) = (await scene.IsNewAsync(cancellation), await scene.IsOldAsync(cancellation));
        var (before, after) = operation == ChildWord.Promote ? (isOld, isNew) : (isNew, isOld);
        var record = scene.Record();
        var begun = record.Promotion is { UnderWay: true, Steps.Count: > 0 };
        if (before)
            Before++;
        else if (after)
            After++;
        else
            Between++;
        if (!before && !after && !(how == ChildWord.Stepwise && begun))
            throw new Violation($"Killed at '{failpoint.Title}', production is neither graph, and the record does not say so.");
        if (record.State == RecoveryState.Promoted && record.Promotion is { UnderWay: false } && !isNew)
            throw new Violation($"Killed at '{failpoint.Title}', the record says PROMOTED, and production is not the backup.");
        if (after && !begun && record.Promotion!.UnderWay)
            throw new Violation($"Killed at '{failpoint.Title}', production has changed, and the record knows of no step.");
    }

    // The same command again, or, every other time where it can be, the one that goes back.
    private async Task EndAsync(string operation, bool goesBack, CancellationToken cancellation)
    {
        var record = scene.Record();
        var isNew = operation == ChildWord.Promote;
        if (goesBack && isNew && record.Promotion is
            { Stage: PromotionStage.Promoting or PromotionStage.Promoted, Steps.Count: > 0 })
        {
            await Promoter().UndoAsync(scene.Database, null, cancellation);
            Undone++;
            isNew = false;
        }
        else if (operation == ChildWord.Promote && record.State != RecoveryState.Promoted)
        {
            await Promoter().PromoteAsync(scene.Database, PromotionStrategy.Apply, null, cancellation);
        }
        else if (operation == ChildWord.Undo && record.Promotion!.Stage != PromotionStage.Undone)
        {
            await Promoter().UndoAsync(scene.Database, null, cancellation);
        }
        var (state, promoted) = (scene.Record().State, await scene.IsNewAsync(cancellation));
        if (promoted != isNew || !(isNew || await scene.IsOldAsync(cancellation)))
            throw new Violation($"After {operation} was ended, production is not the graph that it is to be.");
        if (state != (isNew ? RecoveryState.Promoted : RecoveryState.RecoverySuccess))
            throw new Violation($"After {operation} was ended, the record says {state}.");
    }

    private Promoter Promoter()
    {
        var repository = site.Open();
        return new Promoter(repository, [new ApplyStrategy(repository, site.Session, new ApplyOptions())]);
    }
}
