namespace Grap.Repositories;

/// <summary>One entry of the journal.</summary>
public sealed record JournalEntry
{
    /// <summary>Counts from 1. Given by the journal.</summary>
    public long Sequence { get; init; }
    /// <summary>When, UTC. Given by the journal if left out.</summary>
    public DateTimeOffset Timestamp { get; init; }
    /// <summary>What was done: <c>BackupCreated</c>, <c>BackupVerified</c>, <c>BackupRemoved</c>,
    /// <c>BackupProtected</c>, <c>BackupUnprotected</c>, ….</summary>
    public required string Operation { get; init; }
    /// <summary>Who: user@host. Given by the journal if left out.</summary>
    public string Actor { get; init; } = "";
    /// <summary>One of <see cref="JournalResult"/>.</summary>
    public string Result { get; init; } = JournalResult.Success;
    /// <summary><c>backup</c>, <c>repository</c>, ….</summary>
    public string EntityType { get; init; } = "backup";
    /// <summary>The id of the thing.</summary>
    public string EntityId { get; init; } = "";
    /// <summary>More, as text by name.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();
    /// <summary>The entry's own hash, hexadecimal: no two entries of any journal share it. Given by the
    /// journal.</summary>
    public string Hash { get; init; } = "";
}

/// <summary>How an operation ended, as the journal says it.</summary>
public static class JournalResult
{
    /// <summary>It was done.</summary>
    public const string Success = "success";
    /// <summary>It was refused, or failed.</summary>
    public const string Failure = "failure";
    /// <summary>It was stopped by whoever ran it.</summary>
    public const string Cancelled = "cancelled";
}
