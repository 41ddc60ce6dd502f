using System.Globalization;
using Grap.OnlineCopy;

namespace Grap.Verification;

/// <summary>One verification under way: its clock, its steps, and how far it is.</summary>
internal sealed class VerificationRun(
    TimeProvider time, IProgress<WorkProgress>? progress, string activity, CancellationToken cancellation)
{
    private static readonly TimeSpan s_progressEvery = TimeSpan.FromMilliseconds(200);

    private readonly long _began = time.GetTimestamp();
    private readonly Dictionary<string, TimeSpan> _steps = [];
    private long _lastTold;
    private long _bytes;

    public CancellationToken Cancellation => cancellation;
    public DateTimeOffset Now => time.GetUtcNow();
    public TimeSpan Elapsed => time.GetElapsedTime(_began);
    public IReadOnlyDictionary<string, TimeSpan> Steps => _steps;
    public long BytesRead => Interlocked.Read(ref _bytes);

    /// <summary>Runs one step and keeps its time, also when it throws.</summary>
    public T Step<T>(string name, Func<T> step)
    {
        var began = time.GetTimestamp();
        try
        {
            return step();
        }
        finally
        {
            _steps[name] = time.GetElapsedTime(began);
        }
    }

    /// <summary>Runs one step that takes its time, tells how far it is, and keeps its time, also when it
    /// throws.</summary>
    public async Task StepAsync(string name, Func<IProgress<double>, Task> step)
    {
        var began = time.GetTimestamp();
        try
        {
            await new RecoverySteps(progress, activity).RunAsync(name, step).ConfigureAwait(false);
        }
        finally
        {
            _steps[name] = time.GetElapsedTime(began);
        }
    }

    /// <summary>Counts bytes read and tells about it now and then. Safe from any thread.</summary>
    public void Read(string step, long bytes, long done, long total)
    {
        Interlocked.Add(ref _bytes, bytes);
        cancellation.ThrowIfCancellationRequested();
        if (progress is null)
            return;
        var last = Interlocked.Read(ref _lastTold);
        var now = time.GetTimestamp();
        if (last != 0 && time.GetElapsedTime(last, now) < s_progressEvery && done < total)
            return;
        if (Interlocked.CompareExchange(ref _lastTold, now, last) != last)
            return;
        progress.Report(new WorkProgress(activity,
            string.Create(CultureInfo.InvariantCulture, $"{step}: {done / 1048576.0:N0} of {total / 1048576.0:N0} MiB"),
            total > 0 ? Math.Clamp((double)done / total, 0, 1) : null));
    }
}
