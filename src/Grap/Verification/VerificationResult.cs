using Grap.Backups;
using Grap.Graphs;

namespace Grap.Verification;

/// <summary>How one verification ended.</summary>
public enum VerificationOutcome
{
    /// <summary>Everything that the level asks was checked and held.</summary>
    Passed,
    /// <summary>Something did not hold.</summary>
    Failed,
    /// <summary>The level could not be checked here; nothing is claimed about it.</summary>
    NotChecked,
}

/// <summary>What a verification found.</summary>
public sealed record VerificationResult
{
    /// <summary>The backup's id.</summary>
    public required string Id { get; init; }
    /// <summary>The repository's address.</summary>
    public required string Repository { get; init; }
    /// <summary>The level that was asked for.</summary>
    public required VerificationLevel Level { get; init; }
    /// <summary>How it ended for the level asked.</summary>
    public required VerificationOutcome Outcome { get; init; }
    /// <summary>The highest level that did hold; a failed or unchecked level may stand on weaker ones that
    /// passed.</summary>
    public VerificationLevel ProvenLevel { get; init; }
    /// <summary>True only for <see cref="VerificationOutcome.Passed"/>.</summary>
    public bool Passed => Outcome == VerificationOutcome.Passed;
    /// <summary>True only for <see cref="VerificationOutcome.Failed"/>.</summary>
    public bool Failed => Outcome == VerificationOutcome.Failed;
    /// <summary>What was found wrong or not checked, each as a sentence.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
    /// <summary>The condition of the first problem.</summary>
    public GrapCondition? Condition { get; init; }
    /// <summary>What to do about it, where that is known.</summary>
    public string? RecommendedAction { get; init; }
    /// <summary>What the level Restore found in the backup; null for other levels, and where it did not come so
    /// far.</summary>
    public RestoredContent? Content { get; init; }
    /// <summary>The file that keeps the report of Neo4j's consistency check; null where it found nothing or was not
    /// run.</summary>
    public string? Report { get; init; }
    /// <summary>Why the outcome is not in the journal, where the repository may only be read; null where it
    /// is.</summary>
    public string? NotRecorded { get; init; }
    /// <summary>When it ended.</summary>
    public DateTimeOffset CheckedAt { get; init; }
    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>Time by step.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Steps { get; init; } = new Dictionary<string, TimeSpan>();
    /// <summary>Bytes read from the archive.</summary>
    public long BytesRead { get; init; }
}

/// <summary>What a backup turned out to hold when it was restored.</summary>
public sealed record RestoredContent
{
    /// <summary>The transaction whose state it is; null where that is not known.</summary>
    public long? Transaction { get; init; }
    /// <summary>What was counted, element by element.</summary>
    public GraphCounts Counts { get; init; } = new();
    /// <summary>Order-independent hash of the content, 32 hexadecimal digits.</summary>
    public required string Fingerprint { get; init; }
    /// <summary>Indexes of a constraint that was being made when the backup was taken: they were dropped.</summary>
    public IReadOnlyList<string> DroppedIndexes { get; init; } = [];
    /// <summary>Elements of a logical backup that came in by Neo4j's bulk import; the others were created through
    /// Bolt.</summary>
    public long Imported { get; init; }
}
