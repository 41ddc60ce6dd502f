namespace Grap.Recovery.Promotion;

/// <summary>Where a promotion is. Both stages that end in -ing can be left behind by a process that died: then the same
/// command goes on, and <c>Undo-GrapPromotion</c> goes back.</summary>
public enum PromotionStage
{
    /// <summary>Production is being changed, or about to be.</summary>
    Promoting,
    /// <summary>Production holds what the backup holds.</summary>
    Promoted,
    /// <summary>Production is being changed back.</summary>
    Undoing,
    /// <summary>Production holds what it held before.</summary>
    Undone,
}
