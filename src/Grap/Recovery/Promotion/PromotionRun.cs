using Grap.Backups;
using Grap.Recovery.States;
using Grap.Servers;

namespace Grap.Recovery.Promotion;

/// <summary>What a strategy works with while production is changed: the recovery, whose lock is held, the journal for
/// its steps, and the safety backup.</summary>
public sealed class PromotionRun
{
    private readonly HeldRecovery _held;
    private readonly SafetyBackups _safety;
    private readonly Action<string>? _announce;

    internal PromotionRun(
        HeldRecovery held, SafetyBackups safety, TimeProvider time, Action<string>? announce,
        IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        (_held, _safety, _announce, Progress, Cancellation) = (held, safety, announce, progress, cancellation);
        Journal = new PromotionJournal(held, time);
    }

    /// <summary>The recovery: its backup, its staging folder.</summary>
    public RecoveryRecord Recovery => _held.Current;

    /// <summary>The steps.</summary>
    public PromotionJournal Journal { get; }

    /// <summary>Told how far it is.</summary>
    public IProgress<WorkProgress>? Progress { get; }

    /// <summary>Stops it. Not to be heeded between two steps that belong together.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>
    /// Takes an exact backup of production, proves it, pins it, and names it in the record: as the one to go back to,
    /// or, while a promotion is undone, as the one of what was undone. Called again before the first step, it takes the
    /// place of the one before, which is removed.
    /// </summary>
    /// <exception cref="GrapException">It could not be taken or proven. Nothing was changed, and nothing must
    /// be.</exception>
    public Task<Backup> TakeSafetyBackupAsync(Session production) =>
        _safety.TakeAsync(_held, production, Progress, Cancellation);

    /// <summary>
    /// Takes an exact backup of production as it is between two steps, proves it, pins it, and names it in the record
    /// beside the one to go back to, which stays.
    /// </summary>
    /// <exception cref="GrapException">It could not be taken or proven. Nothing more must be changed.</exception>
    public Task<Backup> TakeInterimBackupAsync(Session production) =>
        _safety.TakeInterimAsync(_held, production, Progress, Cancellation);

    /// <summary>Names the folders that production ran on before in the record; null where they are no longer
    /// kept.</summary>
    internal void KeepSafetyCopy(SafetyCopy? copy) =>
        _held.KeepPromotion(record => record with { SafetyCopy = copy });

    /// <summary>Says, before it happens, that production is not going to be the old graph or the new one at every
    /// moment.</summary>
    public void Announce(string sentence) => _announce?.Invoke(sentence);

    /// <summary>Says what is done now. The status names the step.</summary>
    public void Tell(string status, double? fraction = null) =>
        Progress?.Report(new WorkProgress(Activity, status, fraction));

    private string Activity => Journal.Record.Stage == PromotionStage.Undoing
        ? $"Undoing the promotion of {Recovery.Database}"
        : $"Promoting {Recovery.BackupId} to {Recovery.Database}";
}
