using System.Globalization;
using Grap.Repositories;

namespace Grap.OnlineCopy;

/// <summary>
/// Notices from outside that a database is being written: the server writes to its newest log whenever it commits. A copy
/// that nobody bounds reads slowly as long as that is so, and at full speed beside a server that nobody writes to. A copy
/// keeps the logs that are made meanwhile on the disk; so once these are many it hurries all the same. Safe from any
/// thread.
/// </summary>
internal sealed class WriterWatch
{
    /// <summary>Bytes a second, for each core, that are read beside writers. On two cores a writer keeps
    /// 0.97 of its rate, 0.86 at two and a half times as much, and 0.45 at full speed ("The online copy" in
    /// docs/performance.md).</summary>
    private const long BytesPerSecondAndCore = 10_000_000;

    /// <summary>So many bytes of logs are waited for in any case: four of the usual size.</summary>
    private const long FewLogs = 1L << 30;

    // The folder is listed each time.
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(50);

    // Some commit only now and then, and much at once.
    private static readonly TimeSpan s_quietAfter = TimeSpan.FromSeconds(2);

    private readonly DatabaseFiles _files;
    private readonly TimeProvider _time;
    private readonly long _mostLogs;
    private readonly object _lock = new();
    private long? _firstVersion;
    private LogState? _last;
    private long _looked;
    private long? _noticed;
    private bool _hurries;

    /// <summary>Begins to watch: what was committed before does not count.</summary>
    /// <param name="files">The database's files.</param>
    /// <param name="time">The clock.</param>
    /// <param name="freeBytes">What is free on the disk of its logs, of which a quarter at most is filled; null to ask
    /// it.</param>
    public WriterWatch(DatabaseFiles files, TimeProvider time, long? freeBytes = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(time);
        (_files, _time) = (files, time);
        var stores = files.Stores().Stores.Sum(static store => store.Length);
        _mostLogs = Math.Min(Math.Max(FewLogs, stores / 4), (freeBytes ?? FreeBytes(files.LogFolder)) / 4);
        _last = files.NewestLog();
        _firstVersion = _last?.Version;
        _looked = time.GetTimestamp();
    }

    /// <summary>Bytes a second that are read beside writers.</summary>
    public static long SlowRate => BytesPerSecondAndCore * Environment.ProcessorCount;

    /// <summary>How the copy went on, for people; null where no writer was noticed.</summary>
    public string? Note => State switch
    {
        (false, _) => null,
        (_, false) => $"Read at {Rate} at most while transactions were committed.",
        _ => $"Read at {Rate} at most while transactions were committed, and at full speed once their logs were many.",
    };

    /// <summary>The same while it is under way, in a few words.</summary>
    public string? Pace => State is (true, false) ? $"{Rate} at most beside writers" : null;

    private (bool HasNoticed, bool Hurries) State
    {
        get
        {
            lock (_lock)
                return (_noticed is not null, _hurries);
        }
    }

    private static string Rate => string.Create(CultureInfo.InvariantCulture, $"{SlowRate / 1_000_000:N0} MB/s");

    /// <summary>How much may be read a second now: <see cref="SlowRate"/>, or 0 for no limit.</summary>
    public long BytesPerSecond()
    {
        lock (_lock)
        {
            if (_time.GetElapsedTime(_looked) >= s_lookEvery)
                Look();
            return !_hurries && _noticed is { } noticed && _time.GetElapsedTime(noticed) < s_quietAfter ? SlowRate : 0;
        }
    }

    private void Look()
    {
        _looked = _time.GetTimestamp();
        // Null where it was deleted at this moment: the next look tells.
        if (_files.NewestLog() is not { } newest || newest == _last)
            return;
        (_last, _noticed) = (newest, _looked);
        _firstVersion ??= newest.Version;
        _hurries |= (newest.Version - _firstVersion) * newest.Length > _mostLogs;
    }

    private static long FreeBytes(string folder)
    {
        try
        {
            return new DiskFileSystem().FreeSpace(folder);
        }
        catch (Exception failure) when (CopyFault.IsOfFiles(failure) || failure is ArgumentException)
        {
            // A folder on a share has no drive on Windows.
            return long.MaxValue;
        }
    }
}
