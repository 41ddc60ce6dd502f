using Grap.Recovery.States;

namespace Grap.Recovery.Promotion;

/// <summary>One way of making staging's content production's, and of going back.</summary>
public interface IPromotionStrategy
{
    /// <summary>Which.</summary>
    PromotionStrategy Strategy { get; }

    /// <summary>Says what <see cref="RunAsync"/> would do. Reads, and changes nothing.</summary>
    /// <param name="recovery">The record, in RECOVERY_SUCCESS.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="GrapException">It cannot be done here; the message says why not.</exception>
    Task<PromotionPlan> PlanAsync(
        RecoveryRecord recovery, IProgress<WorkProgress>? progress, CancellationToken cancellation);

    /// <summary>
    /// Changes production. Where the journal has steps, a run that died had begun them: it goes on from there. Each
    /// step is in the journal before it is done. When it throws, production is as it was if the journal has no step
    /// (<see cref="PromotionJournal.RolledBack"/>), and otherwise can be changed further or back.
    /// </summary>
    /// <exception cref="GrapException">It could not be done.</exception>
    Task<PromotionProof> RunAsync(PromotionRun run);

    /// <summary>Makes production what it was before, after a promotion that ended and one that was interrupted alike.
    /// The same holds as for <see cref="RunAsync"/>: the journal's steps are those of undoing then, and those of the
    /// promotion are in <see cref="PromotionRecord.PromotedSteps"/>.</summary>
    /// <exception cref="GrapException">It could not be done.</exception>
    Task<PromotionProof> UndoAsync(PromotionRun run);
}
