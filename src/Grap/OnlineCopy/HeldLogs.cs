using Grap.Repositories;

namespace Grap.OnlineCopy;

/// <summary>A transaction log that is kept open.</summary>
internal sealed record HeldLog(long Version, string Name, IReadableFile File);

/// <summary>
/// All transaction logs from the checkpoint's on, kept open from the beginning of a copy to its end: a server deletes
/// logs that it needs no more, and what is open stays readable. A thread of its own looks for new ones, since a server
/// with small logs makes and deletes them faster than a busy thread pool would look.
/// </summary>
internal sealed class HeldLogs : IDisposable
{
    /// <summary>How often new logs are looked for: the shortest life of a log that was seen is 100 ms.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    // A server that starts again deletes a log that held only its header and makes it anew under the same number. Only
    // the newest can be such a one; the others leave room for those made since.
    private const int MayBeMadeAgain = 4;

    private readonly DatabaseFiles _files;
    private readonly SortedDictionary<long, HeldLog> _held = [];
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _looking;
    private Exception? _failure;

    private HeldLogs(DatabaseFiles files, long from)
    {
        _files = files;
        From = from;
        _looking = new Thread(LookUntilStopped) { IsBackground = true, Name = "Grap looks for transaction logs" };
    }

    /// <summary>The first log's number.</summary>
    public long From { get; }

    /// <summary>Opens all logs from <paramref name="from"/> on and begins to look for new ones. Null if that log is
    /// gone already: the checkpoint is too old, and the copy must begin again.</summary>
    public static HeldLogs? TryHold(DatabaseFiles files, long from)
    {
        ArgumentNullException.ThrowIfNull(files);
        var logs = new HeldLogs(files, from);
        try
        {
            logs.Look(again: 0);
            if (logs._held.ContainsKey(from))
            {
                logs._looking.Start();
                return logs;
            }
        }
        catch
        {
            logs.Dispose();
            throw;
        }
        logs.Dispose();
        return null;
    }

    /// <summary>Looks a last time, at every log, and ends the looking. Call it when everything else is copied: only
    /// then do the logs hold every change that a copied page may show.</summary>
    /// <returns>The logs by number; null where one between them is missing.</returns>
    public IReadOnlyList<HeldLog>? Settle()
    {
        StopLooking();
        if (_failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        Look(again: int.MaxValue);
        var logs = _held.Values.ToList();
        return logs[^1].Version - From == logs.Count - 1 ? logs : null;
    }

    /// <summary>Ends the looking and closes all logs.</summary>
    public void Dispose()
    {
        StopLooking();
        foreach (var log in _held.Values)
            log.File.Dispose();
        _held.Clear();
        _stop.Dispose();
    }

    private void StopLooking()
    {
        _stop.Set();
        if (!_looking.ThreadState.HasFlag(ThreadState.Unstarted))
            _looking.Join();
    }

    private void LookUntilStopped()
    {
        try
        {
            while (!_stop.Wait(LookEvery))
                Look(MayBeMadeAgain);
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }

    /// <summary>Opens what is new, and the newest <paramref name="again"/> of those that are held: where the name leads
    /// to another file by now, that one counts, and where it leads nowhere, the one that is held.</summary>
    private void Look(int again)
    {
        var newest = _held.Count > 0 ? _held.Keys.Last() : From;
        foreach (var found in _files.Logs())
        {
            if (found.Version < From || (_held.ContainsKey(found.Version) && newest - found.Version >= again))
                continue;
            if (_files.OpenLog(found.Name) is not { } file)
                continue;
            if (_held.TryGetValue(found.Version, out var before))
                before.File.Dispose();
            _held[found.Version] = new HeldLog(found.Version, found.Name, file);
        }
    }
}
