namespace Grap.Retention;

/// <summary>What a retention run did.</summary>
public sealed record RetentionResult
{
    /// <summary>One decision for every backup, newest first; <see cref="RetentionDecision.Done"/> says which were
    /// carried out.</summary>
    public required IReadOnlyList<RetentionDecision> Decisions { get; init; }

    /// <summary>Databases of which nothing is removed at present, and why, as a sentence.</summary>
    public required IReadOnlyDictionary<string, string> Halted { get; init; }

    /// <summary>Backups that stay.</summary>
    public int Kept => Decisions.Count(
        static decision => decision is { Action: RetentionAction.Keep, Backup.TrashedAt: null });

    /// <summary>Backups that went to the trash.</summary>
    public int Trashed => Done(RetentionAction.Remove).Count();

    /// <summary>Backups that were deleted for good.</summary>
    public int Purged => Done(RetentionAction.Purge).Count();

    /// <summary>Bytes of those.</summary>
    public long FreedBytes => Done(RetentionAction.Purge).Sum(static decision => decision.Backup.SizeBytes);

    private IEnumerable<RetentionDecision> Done(RetentionAction action) =>
        Decisions.Where(decision => decision.Done && decision.Action == action);
}
