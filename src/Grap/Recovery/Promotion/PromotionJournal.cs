using Grap.Recovery.States;

namespace Grap.Recovery.Promotion;

/// <summary>The steps of a promotion as the recovery's record keeps them: each is on the disk, synced, before this says
/// that it may be done. Safe for use by several threads.</summary>
public sealed class PromotionJournal
{
    private static readonly Dictionary<string, string> s_none = [];

    private readonly HeldRecovery _held;
    private readonly TimeProvider _time;

    internal PromotionJournal(HeldRecovery held, TimeProvider time) => (_held, _time) = (held, time);

    /// <summary>The promotion.</summary>
    public PromotionRecord Record => _held.Current.Promotion!;

    /// <summary>The step that was begun last; null where production has not been touched.</summary>
    public PromotionStep? Last => Record.Steps is [.., var last] ? last : null;

    /// <summary>Writes down that a step is about to be done.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.LockLost"/>: another run took over; or what the
    /// repository has against it. The step must not be done then.</exception>
    public void Begin(string step, IReadOnlyDictionary<string, string>? details = null) =>
        _held.KeepPromotion(record => record with
        {
            Steps = [.. record.Steps, new PromotionStep(step, _time.GetUtcNow(), details ?? s_none)],
        });

    /// <summary>Says that production is again as it was before the first step: nothing is left to continue or to
    /// undo.</summary>
    public void RolledBack() => _held.KeepPromotion(static record => record with { Steps = [] });
}
