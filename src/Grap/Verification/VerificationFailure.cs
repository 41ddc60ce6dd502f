namespace Grap.Verification;

/// <summary>Says as a failure what a verification that did not pass means to somebody who relied on it.</summary>
public static class VerificationFailure
{
    /// <summary>The failure that <paramref name="result"/> stands for.</summary>
    public static GrapException Of(VerificationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var problems = string.Join(" ", result.Problems);
        return result.Outcome == VerificationOutcome.NotChecked
            ? new GrapException(result.Condition ?? GrapCondition.VerificationUnavailable,
                $"Backup {result.Id} was not checked at level {result.Level}: {problems}",
                result.RecommendedAction ?? "Use -Level Structure, which needs no server.", result.Id)
            : new GrapException(result.Condition ?? GrapCondition.ArchiveCorrupt,
                $"Backup {result.Id} failed the check at level {result.Level}: {problems}",
                "Do not rely on this backup: take another now, and check the disk that it stands on.", result.Id);
    }
}
