using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers.Installations;

namespace Grap.Recovery.Promotion;

/// <summary>Makes a recovery's result production's, and takes that back. The recovery's lock is held meanwhile, and its
/// record says at every moment how far it is.</summary>
/// <param name="repository">Where the backups and the record are.</param>
/// <param name="strategies">The ways that can be gone here, the preferred one first; at least one.</param>
/// <param name="scratch">Where scratch servers come from, for the safety backup; null for what this machine has.</param>
/// <param name="announce">Told, as a sentence and before it happens, that production is not going to be the old graph or
/// the new one at every moment; null for nobody.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class Promoter(
    FolderRepository repository, IReadOnlyList<IPromotionStrategy> strategies, ScratchOptions? scratch = null,
    Action<string>? announce = null, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly SafetyBackups _safety =
        new(repository, scratch ?? new ScratchOptions(), time ?? TimeProvider.System);
    private readonly RecoveryBook _book = new(repository);

    /// <summary>
    /// What <see cref="PromoteAsync"/> would do. Where several ways can be gone and none is asked for, it is the first
    /// that is atomic, or else the first; where a promotion was interrupted, its own.
    /// </summary>
    /// <param name="database">The database.</param>
    /// <param name="wanted">The way that is asked for; null for the best.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryStateInvalid"/>: there is nothing to promote;
    /// or what stands in the way of every strategy.</exception>
    public async Task<PromotionPlan> PlanAsync(
        string database, PromotionStrategy? wanted, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var record = _book.Read(database);
        CheckCanPromote(record);
        var begun = Interrupted(record)?.Strategy;
        var candidates = strategies.Where(s => s.Strategy == (begun ?? wanted ?? s.Strategy)).ToList();
        PromotionPlan? first = null;
        GrapException? obstacle = null;
        foreach (var candidate in candidates)
        {
            try
            {
                var plan = await candidate.PlanAsync(record, progress, cancellation).ConfigureAwait(false);
                if (plan.Atomic)
                    return Remark(plan, record);
                first ??= plan;
            }
            catch (GrapException failure) when (candidates.Count > 1)
            {
                obstacle ??= failure;
            }
        }
        return first is not null ? Remark(first, record) : throw obstacle ?? Missing(begun ?? wanted);
    }

    /// <summary>The way that <see cref="PlanAsync"/> would go. Reads production only where there is a choice.</summary>
    /// <param name="database">The database.</param>
    /// <param name="wanted">The way that is asked for; null for the best.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="GrapException">As for <see cref="PlanAsync"/>.</exception>
    public async Task<PromotionStrategy> ChooseAsync(
        string database, PromotionStrategy? wanted, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        if ((Interrupted(_book.Read(database))?.Strategy ?? wanted) is { } settled)
            return settled;
        return strategies is [var only]
            ? only.Strategy
            : (await PlanAsync(database, null, progress, cancellation).ConfigureAwait(false)).Strategy;
    }

    /// <summary>Promotes, or ends a promotion that was interrupted. The state is PROMOTED when this returns. When it
    /// throws, the record says whether production was touched: if not, it has no promotion.</summary>
    /// <param name="database">The database.</param>
    /// <param name="strategy">How.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it, where it can be stopped.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryStateInvalid"/>: there is nothing to promote;
    /// <see cref="GrapCondition.RecoveryInProgress"/>: another process works on it;
    /// <see cref="GrapCondition.SafetyBackupFailed"/>; <see cref="GrapCondition.PromotionFailed"/>; or what the server
    /// or the repository has against it.</exception>
    public async Task<PromotionResult> PromoteAsync(
        string database, PromotionStrategy strategy, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        using var held = _book.Hold(database, "promote", cancellation);
        CheckCanPromote(held.Current);
        await held.StopStagingAsync(cancellation).ConfigureAwait(false);
        var before = held.Current.Promotion;
        if (Interrupted(held.Current) is not { } interrupted)
            held.BeginPromotion(strategy);
        else
            strategy = interrupted.Strategy;
        PromotionProof proof;
        try
        {
            proof = await Find(strategy).RunAsync(Begin(held, progress, cancellation)).ConfigureAwait(false);
        }
        catch when (held.Current.Promotion!.Steps.Count == 0)
        {
            Abandon(held, before is { UnderWay: true } ? null : before, held.Current.Promotion!.SafetyBackupId);
            throw;
        }
        held.Promoted();
        return PromotionResult.Of(held.Current, proof, _time.GetElapsedTime(began));
    }

    /// <summary>Makes production what it was before the promotion, whether that ended or was interrupted, or ends an
    /// undoing that was. What was restored waits in staging again then: the state is RECOVERY_SUCCESS.</summary>
    /// <param name="database">The database.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it, where it can be stopped.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryStateInvalid"/>: there is nothing to undo; or as
    /// <see cref="PromoteAsync"/>.</exception>
    public async Task<PromotionResult> UndoAsync(
        string database, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        using var held = _book.Hold(database, "undo promotion", cancellation);
        var before = CheckCanUndo(held.Current);
        if (before.Stage != PromotionStage.Undoing)
        {
            held.KeepPromotion(static record => record with
            {
                Stage = PromotionStage.Undoing,
                PromotedSteps = record.Steps,
                Steps = [],
            });
        }
        PromotionProof proof;
        try
        {
            proof = await Find(before.Strategy).UndoAsync(Begin(held, progress, cancellation))
                .ConfigureAwait(false);
        }
        catch when (held.Current.Promotion!.Steps.Count == 0)
        {
            Abandon(held, BeforeUndoing(held.Current), held.Current.Promotion!.UndoneFromBackupId);
            throw;
        }
        held.Undone();
        return PromotionResult.Of(held.Current, proof, _time.GetElapsedTime(began));
    }

    // One repository may have backups of several servers, whose databases are mostly all called neo4j. A Swap needs
    // staging alone: its backup may be gone.
    private PromotionPlan Remark(PromotionPlan plan, RecoveryRecord record)
    {
        if (plan.DatabaseId is not { } production
            || repository.List().FirstOrDefault(b => b.Id == record.BackupId) is not { DatabaseId: { } origin } backup
            || origin == production)
            return plan;
        return plan with
        {
            Remarks =
            [
                .. plan.Remarks,
                $"Production is not the database that backup '{backup.Id}' was taken of ({backup.Manifest?.Source.Uri}), but "
                + "that of another server, or of one that was set up anew since.",
            ],
        };
    }

    /// <summary>The promotion that a process left behind; null where there is none.</summary>
    private static PromotionRecord? Interrupted(RecoveryRecord record) =>
        record.Promotion is { Stage: PromotionStage.Promoting } promotion ? promotion : null;

    /// <summary>Refuses what is not to be undone.</summary>
    public static PromotionRecord CheckCanUndo(RecoveryRecord record) => record.Promotion switch
    {
        { Stage: PromotionStage.Promoted or PromotionStage.Undoing } promotion => promotion,
        { Stage: PromotionStage.Promoting, Steps.Count: > 0 } promotion => promotion,
        _ => throw RecoveryTransitions.Refuse(record, "has no promotion to undo"),
    };

    private static void CheckCanPromote(RecoveryRecord record)
    {
        if (record.Promotion is { Stage: PromotionStage.Undoing })
        {
            throw RecoveryTransitions.Refuse(
                record, "cannot be promoted: the undoing of its promotion was interrupted",
                "Run Undo-GrapPromotion first, which ends it.");
        }
        RecoveryTransitions.Check(record, RecoveryState.Promoted);
        // Production would be made what was recovered, and lose all the rest.
        if (record.Part is { } part)
        {
            throw RecoveryTransitions.Refuse(
                record, $"cannot be promoted: it is only a part of backup '{record.BackupId}' ({part}), and everything else "
                    + "would be deleted from production",
                "Take what you need from staging's server (Start-GrapRecovery -KeepRunning), or recover the whole backup: "
                    + "Reset-GrapRecovery, then Start-GrapRecovery without -Label and -Type.");
        }
    }

    // An interrupted undoing cannot be told from one of an interrupted promotion but by the state.
    private static PromotionRecord BeforeUndoing(RecoveryRecord record) => record.Promotion! with
    {
        Stage = record.State == RecoveryState.Promoted ? PromotionStage.Promoted : PromotionStage.Promoting,
        Steps = record.Promotion!.PromotedSteps,
        PromotedSteps = [],
        UndoneFromBackupId = null,
    };

    // What was thrown is what the caller must hear; a lock that was lost, and a disk that fails, say so themselves.
    private void Abandon(HeldRecovery held, PromotionRecord? before, string? safety)
    {
        try
        {
            held.AbandonPromotion(before);
            if (safety is not null)
                _safety.Release(safety);
        }
        catch (GrapException)
        {
            // The record still has the promotion, without a step: the next command takes it up from there.
        }
    }

    private PromotionRun Begin(
        HeldRecovery held, IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
        new(held, _safety, _time, announce, progress, cancellation);

    private IPromotionStrategy Find(PromotionStrategy strategy) =>
        strategies.FirstOrDefault(s => s.Strategy == strategy) ?? throw Missing(strategy);

    private static GrapException Missing(PromotionStrategy? strategy) => new(GrapCondition.SettingInvalid,
        strategy is null
            ? "There is no way to promote here: production cannot be reached, and nothing says how to stop and start it."
            : $"Strategy {strategy} cannot be gone: what it needs was not given.",
        "Apply needs a session to production, Swap needs to know how the server is stopped and started.", strategy);
}
