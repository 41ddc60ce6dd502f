using Grap.OnlineCopy;
using Grap.Tests.Torture.OnlineCopy.Workload;

namespace Grap.Tests.Torture.OnlineCopy.Rounds;

/// <summary>The time in which a copy reads pages, by its own progress: what falls into it is what a round is for, on a
/// slow machine as on a fast one. What the command does before and after does not count.</summary>
/// <param name="ledger">Tells the places between which it lies.</param>
/// <param name="files">What is copied.</param>
/// <param name="moment">A part of the pages, after which <see cref="Moment"/> comes.</param>
internal sealed class PageWindow(Ledger ledger, DatabaseFiles files, double moment) : IProgress<WorkProgress>
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _moment = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FolderWatch? _watch;
    private Task<FolderEvents>? _events;

    /// <summary>Comes when that part of the pages is copied.</summary>
    public Task Moment => _moment.Task;

    /// <summary>The ledger's place at the first page; null where there was none.</summary>
    public long? Begun { get; private set; }

    /// <summary>The ledger's place at the last page.</summary>
    public long? Ended { get; private set; }

    /// <inheritdoc/>
    public void Report(WorkProgress value)
    {
        if (value.Fraction is not { } fraction)
            return;
        lock (_lock)
        {
            if (_watch is null)
            {
                Begun = ledger.Now;
                _watch = FolderWatch.Start(files);
            }
            if (fraction >= moment)
                _moment.TrySetResult();
            if (fraction >= 1)
                End();
        }
    }

    /// <summary>Ends it where the copy did not come to its last page, and tells what the server did
    /// meanwhile.</summary>
    public Task<FolderEvents> CloseAsync()
    {
        lock (_lock)
        {
            if (_watch is null)
                return Task.FromResult(default(FolderEvents));
            End();
            return _events!;
        }
    }

    private void End()
    {
        Ended ??= ledger.Now;
        _events ??= _watch!.EndAsync();
    }
}
