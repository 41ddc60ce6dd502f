using Grap.Backups;

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
    /// <summary>When it ended.</summary>
    public DateTimeOffset CheckedAt { get; init; }
    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>Time by step.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Steps { get; init; } = new Dictionary<string, TimeSpan>();
    /// <summary>Bytes read from the archive.</summary>
    public long BytesRead { get; init; }
}
