namespace Grap.Recovery.Promotion;

/// <summary>How a recovery becomes production.</summary>
public enum PromotionStrategy
{
    /// <summary>The difference between the live graph and the backup is applied to the live graph.</summary>
    Apply,
    /// <summary>The server is stopped, staging's folders take the place of its own, and it is started again.</summary>
    Swap,
}
