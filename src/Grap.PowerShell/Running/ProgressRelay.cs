using System.Management.Automation;

namespace Grap.PowerShell.Running;

/// <summary>Shows the engine's progress: at most ten records a second, each a new one, and a last one that takes the
/// bar away.</summary>
internal sealed class ProgressRelay(PipelineWorker worker, TimeProvider time) : IProgress<WorkProgress>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private const int ActivityId = 1;

    private readonly object _gate = new();
    private long _shownAt;
    private string? _activity;
    private bool _ended;

    public ProgressRelay(PipelineWorker worker) : this(worker, TimeProvider.System) { }

    /// <summary>Shows <paramref name="value"/>, or passes it over where another was shown just now. Safe on any
    /// thread.</summary>
    public void Report(WorkProgress value)
    {
        lock (_gate)
        {
            if (_ended || (_activity is not null && time.GetElapsedTime(_shownAt) < Interval))
                return;
            _shownAt = time.GetTimestamp();
            _activity = value.Activity;
        }
        worker.Progress(Record(value));
    }

    /// <summary>Takes the bar away.</summary>
    public void Dispose()
    {
        string? activity;
        lock (_gate)
        {
            activity = _ended ? null : _activity;
            _ended = true;
        }
        if (activity is not null && !worker.Cancellation.IsCancellationRequested)
            worker.Progress(
                new ProgressRecord(ActivityId, activity, "Done") { RecordType = ProgressRecordType.Completed });
    }

    private static ProgressRecord Record(WorkProgress value) => new(
        ActivityId, NonEmpty(value.Activity), NonEmpty(value.Status))
    {
        PercentComplete = value.Fraction is { } fraction ? (int)(Math.Clamp(fraction, 0, 1) * 100) : -1,
        SecondsRemaining = value.Remaining is { } remaining ? (int)Math.Min(remaining.TotalSeconds, int.MaxValue) : -1,
    };

    // PowerShell refuses an empty text.
    private static string NonEmpty(string text) => text.Length > 0 ? text : " ";
}
