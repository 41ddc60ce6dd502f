namespace Grap.Recovery.Promotion;

/// <summary>A step that changes production, written down before it is begun.</summary>
/// <param name="Name">Its name, which the strategy knows again.</param>
/// <param name="At">When it was begun.</param>
/// <param name="Details">What whoever goes on or goes back needs to know. Never a secret.</param>
public sealed record PromotionStep(string Name, DateTimeOffset At, IReadOnlyDictionary<string, string> Details);
