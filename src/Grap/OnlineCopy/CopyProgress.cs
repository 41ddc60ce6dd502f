using System.Globalization;

namespace Grap.OnlineCopy;

/// <summary>Tells how much of a database's files is copied.</summary>
internal sealed class CopyProgress : IProgress<long>
{
    private readonly IProgress<WorkProgress> _progress;
    private readonly string _activity;
    private readonly long _total;
    private readonly WriterWatch? _watch;
    private long _done;

    private CopyProgress(IProgress<WorkProgress> progress, DatabaseFiles files, WriterWatch? watch)
    {
        _progress = progress;
        _watch = watch;
        _activity = $"Copying {files.Database}";
        _total = files.Stores().Stores.Sum(static store => store.Length);
    }

    /// <summary>Null where nobody listens.</summary>
    public static CopyProgress? Of(IProgress<WorkProgress>? progress, DatabaseFiles files, WriterWatch? watch) =>
        progress is null ? null : new CopyProgress(progress, files, watch);

    /// <inheritdoc/>
    public void Report(long value)
    {
        var done = Interlocked.Add(ref _done, value);
        // Logs and further attempts come on top.
        var total = Math.Max(_total, done);
        var pace = _watch?.Pace is { } slow ? $", {slow}" : "";
        _progress.Report(new WorkProgress(_activity, string.Create(CultureInfo.InvariantCulture,
            $"{done / 1048576.0:N0} of {total / 1048576.0:N0} MiB{pace}"), (double)done / total));
    }
}
