namespace Grap;

/// <summary>How far a long piece of work is.</summary>
/// <param name="Activity">What is being done, for the title: "Backing up neo4j".</param>
/// <param name="Status">What exactly now, with numbers: "1,204,000 of 4,100,000 nodes, 310 k/s".</param>
/// <param name="Fraction">0 to 1; null where it cannot be known.</param>
/// <param name="Remaining">Time left; null where it cannot be known.</param>
public sealed record WorkProgress(string Activity, string Status, double? Fraction = null, TimeSpan? Remaining = null);
