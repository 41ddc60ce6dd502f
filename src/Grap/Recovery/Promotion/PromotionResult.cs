using Grap.Comparison;
using Grap.Recovery.States;

namespace Grap.Recovery.Promotion;

/// <summary>What a promotion, or its undoing, came to.</summary>
public sealed record PromotionResult
{
    /// <summary>The promotion's own id.</summary>
    public required Guid Id { get; init; }
    /// <summary>The database.</summary>
    public required string Database { get; init; }
    /// <summary>The recovery's state now: <c>PROMOTED</c>, or <c>RECOVERY_SUCCESS</c> where it was undone.</summary>
    public required string Status { get; init; }
    /// <summary>Where the promotion is: <see cref="PromotionStage.Promoted"/> or
    /// <see cref="PromotionStage.Undone"/>.</summary>
    public required PromotionStage Stage { get; init; }
    /// <summary>How production was changed.</summary>
    public required PromotionStrategy Strategy { get; init; }
    /// <summary>The backup that production holds now.</summary>
    public string? BackupId { get; init; }
    /// <summary>The backup of production as it was before the promotion, which <c>Undo-GrapPromotion</c> goes back
    /// to.</summary>
    public string? SafetyBackupId { get; init; }
    /// <summary>The folders that production ran on before, where they were kept; null where there are none.</summary>
    public SafetyCopy? SafetyCopy { get; init; }
    /// <summary>The backup of production as it was before the promotion was undone.</summary>
    public string? UndoneFromBackupId { get; init; }
    /// <summary>The backups of production as it was found between steps, of the promotion and of its undoing, where
    /// others may have committed since the step before: what they wrote is in them. Mostly none.</summary>
    public IReadOnlyList<string> InterimBackupIds { get; init; } = [];
    /// <summary>Whether production was the old graph or the new one at every moment.</summary>
    public required bool Atomic { get; init; }
    /// <summary>True where a comparison afterwards showed production equal to the backup, but for
    /// <see cref="NotCarried"/>; null where that could not be shown: <see cref="Remarks"/> say why.</summary>
    public required bool? Equal { get; init; }
    /// <summary>Nodes created, deleted and changed; null where that is not known.</summary>
    public ChangeCounts? Nodes { get; init; }
    /// <summary>Relationships created, deleted and changed.</summary>
    public ChangeCounts? Relationships { get; init; }
    /// <summary>Indexes and constraints created, dropped and made anew.</summary>
    public IReadOnlyList<SchemaDifference> Schema { get; init; } = [];
    /// <summary>What production cannot hold of the backup.</summary>
    public IReadOnlyList<NotCarried> NotCarried { get; init; } = [];
    /// <summary>What somebody should know, each as a sentence.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
    /// <summary>How long it took, with the safety backup and the comparison.</summary>
    public required TimeSpan Duration { get; init; }
    /// <summary>The repository's address.</summary>
    public required string Repository { get; init; }

    internal static PromotionResult Of(RecoveryRecord recovery, PromotionProof proof, TimeSpan duration)
    {
        var promotion = recovery.Promotion!;
        return new PromotionResult
        {
            Id = promotion.Id,
            Database = recovery.Database,
            Status = recovery.Status,
            Stage = promotion.Stage,
            Strategy = promotion.Strategy,
            BackupId = promotion.Stage == PromotionStage.Promoted ? recovery.BackupId : promotion.SafetyBackupId,
            SafetyBackupId = promotion.SafetyBackupId,
            SafetyCopy = promotion.SafetyCopy,
            UndoneFromBackupId = promotion.UndoneFromBackupId,
            InterimBackupIds = promotion.InterimBackupIds,
            Atomic = proof.Atomic,
            Equal = proof.Equal,
            Nodes = proof.Nodes,
            Relationships = proof.Relationships,
            Schema = proof.Schema,
            NotCarried = proof.NotCarried,
            Remarks = proof.Remarks,
            Duration = duration,
            Repository = recovery.Repository,
        };
    }
}
