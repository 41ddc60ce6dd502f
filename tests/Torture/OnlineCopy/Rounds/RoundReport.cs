using System.Globalization;

namespace Grap.Tests.Torture.OnlineCopy.Rounds;

/// <summary>How a copy turned out.</summary>
internal enum Outcome
{
    /// <summary>It recovered, every promise holds, and the consistency check is clean.</summary>
    Good,
    /// <summary>It does not recover, a promise is broken, or the consistency check found something.</summary>
    Bad,
    /// <summary>The command failed and published nothing.</summary>
    Refused,
    /// <summary>The copy is there, and the machine was too slow or too full to prove it.</summary>
    Unproven,
}

/// <summary>What a round was like.</summary>
/// <param name="Plan">What it was to be.</param>
/// <param name="Version">Neo4j's version.</param>
/// <param name="Outcome">How the copy turned out.</param>
/// <param name="Remarks">Why, where it is not good; and what the copy itself notes.</param>
internal sealed record RoundReport(RoundPlan Plan, string Version, Outcome Outcome, IReadOnlyList<string> Remarks)
{
    /// <summary>What the server did to its logs while pages were copied.</summary>
    public FolderEvents Events { get; init; }

    /// <summary>Transactions that were acknowledged meanwhile.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Those of them that import or delete in bulk.</summary>
    public long Bulk { get; init; }

    /// <summary>Those of them that change the schema.</summary>
    public long Schema { get; init; }

    /// <summary>Transactions in the copy that were acknowledged after its command began, or not at all.</summary>
    public long Late { get; init; }

    /// <summary>Whether writers went on, after the server was back, before the last page was copied.</summary>
    public bool CameBack { get; init; }

    /// <summary>Indexes without their constraint that were dropped after recovery.</summary>
    public int Orphans { get; init; }

    /// <summary>How long the copy took.</summary>
    public TimeSpan Copying { get; init; }

    /// <summary>How long it took to recover, inspect and check it.</summary>
    public TimeSpan Proving { get; init; }

    public override string ToString()
    {
        var back = CameBack ? ", the server back among them" : "";
        var line = string.Create(CultureInfo.InvariantCulture,
            $"round {Plan.Number} ({Version}; {Plan}): {Outcome} after {Copying.TotalSeconds:0.0} s. While pages were "
            + $"copied{back}: {Events.Checkpoints} checkpoints, {Events.Rotations} logs begun, {Events.Pruned} "
            + $"deleted, {Acknowledged} transactions ({Bulk} bulk, {Schema} schema). {Late} transactions newer than "
            + $"the command are in the copy; {Orphans} orphan indexes; proven in {Proving.TotalSeconds:0.0} s.");
        return Remarks.Count == 0 ? line : line + "\n  " + string.Join("\n  ", Remarks);
    }
}
