namespace Grap.Health;

/// <summary>How one check ended.</summary>
public enum TierStatus
{
    /// <summary>Everything that was looked at is as it should be.</summary>
    Pass,
    /// <summary>Something needs attention, and nothing is lost yet.</summary>
    Warn,
    /// <summary>Something is wrong, or the check did not come to an end in its time.</summary>
    Fail,
    /// <summary>It was not checked; the message says why, and nothing is claimed.</summary>
    Skip,
}
