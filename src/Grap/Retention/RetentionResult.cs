namespace Grap.Retention;

/// <summary>What a retention run did.</summary>
public sealed record RetentionResult
{
    /// <summary>One decision for every backup, newest first; <see cref="RetentionDecision.Done"/> says which were carried
    /// out.</summary>
    public required IReadOnlyList<RetentionDecision> Decisions { get; init; }

    /// <summary>Databases of which nothing is removed at present, and why, as a sentence.</summary>
    public required IReadOnlyDictionary<string, string> Halted { get; init; }

    /// <summary>Backups that stay.</summary>
    public int Kept => Decisions.Count(
        static decision => decision is { Action: RetentionAction.Keep, Backup.TrashedAt: null });

    /// <summary>Backups that went to the trash.</summary>
    public int Trashed => Decisions.Count(static decision => decision is { Action: RetentionAction.Remove, Done: true });

    /// <summary>Backups that were deleted for good.</summary>
    public int Purged => Decisions.Count(static decision => decision is { Action: RetentionAction.Purge, Done: true });

    /// <summary>Bytes of those.</summary>
    public long FreedBytes => Decisions.Where(static decision => decision is { Action: RetentionAction.Purge, Done: true })
        .Sum(static decision => decision.Backup.SizeBytes);
}
