namespace Grap.Recovery.States;

/// <summary>Keeps in the record how far a recovery is, once a second at most, and passes on what is told.</summary>
internal sealed class RecoveryProgress(HeldRecovery held, IProgress<WorkProgress>? next, TimeProvider time)
    : IProgress<WorkProgress>
{
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(1);

    // Where each step begins and ends, in percent of the whole; measured on graphs of some hundred thousand elements.
    private static readonly Dictionary<string, (int From, int To)> s_steps = new(StringComparer.Ordinal)
    {
        // The whole restore but for what is left to Bolt; percentages only rise, so that Start says nothing after it.
        ["Import"] = (0, 50),
        ["Start"] = (0, 10),
        ["Restore"] = (10, 60),
        ["Unpack"] = (0, 20),
        ["Load"] = (20, 30),
        ["Recover"] = (30, 50),
        ["Indexes"] = (50, 60),
        ["Assertions"] = (60, 63),
        ["Schema"] = (63, 65),
        ["Compare"] = (65, 99),
        ["Read"] = (65, 80),
        ["Stop"] = (80, 85),
        ["Check"] = (85, 99),
    };

    private readonly object _gate = new();
    private long? _keptAt;

    public void Report(WorkProgress value)
    {
        next?.Report(value);
        if (!s_steps.TryGetValue(value.Status, out var step))
            return;
        var percent = step.From + (int)((step.To - step.From) * (value.Fraction ?? 0));
        lock (_gate)
        {
            var isNews = percent > held.Current.ProgressPercent;
            if (!isNews || (_keptAt is { } before && time.GetElapsedTime(before) < s_every))
                return;
            _keptAt = time.GetTimestamp();
            held.Progress(percent);
        }
    }
}
