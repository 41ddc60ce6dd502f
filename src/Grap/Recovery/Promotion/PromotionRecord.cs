namespace Grap.Recovery.Promotion;

/// <summary>What the recovery journal says of a promotion.</summary>
public sealed record PromotionRecord
{
    /// <summary>Its own random id.</summary>
    public required Guid Id { get; init; }
    /// <summary>How production is changed.</summary>
    public required PromotionStrategy Strategy { get; init; }
    /// <summary>Where it is.</summary>
    public PromotionStage Stage { get; init; }
    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; init; }
    /// <summary>When production was what it is to be; null before.</summary>
    public DateTimeOffset? CompletedAt { get; init; }
    /// <summary>The backup of production as it was before; null where none was taken yet, or none could be.</summary>
    public string? SafetyBackupId { get; init; }
    /// <summary>The folders that production ran on before, where they were kept; null where there are none.</summary>
    public SafetyCopy? SafetyCopy { get; init; }
    /// <summary>The backup of production as it was before the promotion was undone.</summary>
    public string? UndoneFromBackupId { get; init; }
    /// <summary>The backups of production as it was found between steps, of the promotion and of its undoing, where
    /// others may have committed since the step before; in the order in which they were taken.</summary>
    public IReadOnlyList<string> InterimBackupIds { get; init; } = [];
    /// <summary>The steps of the stage, in the order in which they were begun; none where production has not been
    /// touched in this stage.</summary>
    public IReadOnlyList<PromotionStep> Steps { get; init; } = [];
    /// <summary>The steps of the promotion itself, while it is undone and afterwards.</summary>
    public IReadOnlyList<PromotionStep> PromotedSteps { get; init; } = [];
    /// <summary>Who began it: user@host.</summary>
    public string? Actor { get; init; }

    /// <summary>Whether somebody works on it, or did until it was interrupted.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool UnderWay => Stage is PromotionStage.Promoting or PromotionStage.Undoing;
}
