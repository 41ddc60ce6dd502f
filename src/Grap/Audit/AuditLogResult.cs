using Grap.Verification;

namespace Grap.Audit;

/// <summary>What a check of the audit log found.</summary>
public sealed record AuditLogResult
{
    /// <summary>The repository's address.</summary>
    public required string Repository { get; init; }
    /// <summary>How it ended. Passed only where the whole chain and the word of every backup were checked, and there
    /// was such a backup.</summary>
    public required VerificationOutcome Outcome { get; init; }
    /// <summary>True only for <see cref="VerificationOutcome.Passed"/>.</summary>
    public bool Passed => Outcome == VerificationOutcome.Passed;
    /// <summary>True only for <see cref="VerificationOutcome.Failed"/>.</summary>
    public bool Failed => Outcome == VerificationOutcome.Failed;
    /// <summary>Entries that follow one another without a break from the first on.</summary>
    public required long Entries { get; init; }
    /// <summary>Hash of the last of them; null for none.</summary>
    public string? Head { get; init; }
    /// <summary>Number, which is also the line, of the first entry that is not what was written; null where the chain
    /// is whole.</summary>
    public long? FirstBrokenEntry { get; init; }
    /// <summary>Number of the last entry that a backup vouches for: up to there nothing can have been cut off. Null
    /// where none does.</summary>
    public long? VouchedThrough { get; init; }
    /// <summary>Backups that were asked.</summary>
    public int Witnesses { get; init; }
    /// <summary>What is wrong or was not checked, each as a sentence.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
    /// <summary>When it was checked.</summary>
    public DateTimeOffset CheckedAt { get; init; }
}
