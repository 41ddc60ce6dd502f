namespace Grap.Health;

/// <summary>What a check has to say, before its time is known.</summary>
internal sealed record TierFinding(TierStatus Status, string Message, IReadOnlyList<string> Findings)
{
    public static TierFinding Pass(string message) => new(TierStatus.Pass, message, []);

    public static TierFinding Warn(string message, params IReadOnlyList<string> findings) =>
        new(TierStatus.Warn, message, findings);

    public static TierFinding Fail(string message, params IReadOnlyList<string> findings) =>
        new(TierStatus.Fail, message, findings);

    public static TierFinding Skip(string message) => new(TierStatus.Skip, message, []);

    /// <summary>The worst of several, with what all of them found. Where nothing is wrong, <paramref name="pass"/>
    /// says so.</summary>
    public static TierFinding Of(
        string pass, IReadOnlyList<string> failures, IReadOnlyList<string> warnings) =>
        (failures.Count, warnings.Count) switch
        {
            (0, 0) => Pass(pass),
            (0, 1) => Warn(warnings[0]),
            (1, 0) => Fail(failures[0]),
            (0, _) => Warn($"{warnings.Count} things need attention", warnings),
            (_, 0) => Fail($"{failures.Count} things are wrong", failures),
            _ => Fail(
                $"{failures.Count} of {failures.Count + warnings.Count} findings are faults",
                [.. failures, .. warnings]),
        };
}
