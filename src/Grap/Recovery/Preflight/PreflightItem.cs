namespace Grap.Recovery.Preflight;

/// <summary>What a restore needs.</summary>
public enum PreflightSubject
{
    /// <summary>A Neo4j that can read the backup.</summary>
    Neo4j,
    /// <summary>A Java that runs it.</summary>
    Java,
    /// <summary>The kinds of indexes and constraints that the backup declares.</summary>
    Schema,
    /// <summary>Plugins that the backup's server had.</summary>
    Plugins,
    /// <summary>Room on staging's disk.</summary>
    Space,
    /// <summary>Memory for the scratch server and for Grap.</summary>
    Memory,
}

/// <summary>Whether it is there.</summary>
public enum PreflightOutcome
{
    /// <summary>It is.</summary>
    Met,
    /// <summary>It may not be, or may not be enough; the remark says what follows.</summary>
    Warning,
    /// <summary>It is not, and the recovery is certain to fail.</summary>
    Missing,
}

/// <summary>One thing that a restore needs, and what there is of it.</summary>
/// <param name="Subject">What.</param>
/// <param name="Outcome">Whether it is there.</param>
/// <param name="Needed">What is needed, for people.</param>
/// <param name="Found">What there is, for people.</param>
/// <param name="Remark">What follows, as sentences; empty where it is there.</param>
public sealed record PreflightItem(
    PreflightSubject Subject, PreflightOutcome Outcome, string Needed, string Found, string Remark = "")
{
    /// <summary>The error that a recovery would end with; null where it can run.</summary>
    internal GrapException? Obstacle { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Subject} {Outcome}: needed {Needed}, found {Found}";
}
