using System.Globalization;

namespace Grap.OnlineCopy;

/// <summary>
/// Notices from outside that a database is being written: the server writes to its newest log whenever it commits. A copy
/// that nobody bounds reads slowly as long as that is so, and at full speed beside a server that nobody writes to. A copy
/// keeps the logs that are made meanwhile on the disk; so once these are many it hurries all the same.
/// Not safe for use by several threads at once.
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
    private readonly LogState? _first;
    private LogState? _last;
    private long _looked;
    private long? _noticed;
    private bool _hurries;

    /// <summary>Begins to watch: what was committed before does not count.</summary>
    public WriterWatch(DatabaseFiles files, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(time);
        (_files, _time) = (files, time);
        _mostLogs = Math.Max(FewLogs, files.Stores().Stores.Sum(static store => store.Length) / 4);
        _first = _last = files.NewestLog();
        _looked = time.GetTimestamp();
    }

    /// <summary>Bytes a second that are read beside writers.</summary>
    public static long SlowRate => BytesPerSecondAndCore * Environment.ProcessorCount;

    /// <summary>How the copy went on, for people; null where no writer was noticed.</summary>
    public string? Note => (_noticed, _hurries) switch
    {
        (null, _) => null,
        (_, false) => $"Read at {Rate} at most while transactions were committed.",
        _ => $"Read at {Rate} at most while transactions were committed, and at full speed once their logs were many.",
    };

    /// <summary>The same while it is under way, in a few words.</summary>
    public string? Pace => _noticed is null || _hurries ? null : $"{Rate} at most beside writers";

    private static string Rate => string.Create(CultureInfo.InvariantCulture, $"{SlowRate / 1_000_000:N0} MB/s");

    /// <summary>How much may be read a second now: <see cref="SlowRate"/>, or 0 for no limit.</summary>
    public long BytesPerSecond()
    {
        if (_time.GetElapsedTime(_looked) >= s_lookEvery)
            Look();
        return !_hurries && _noticed is { } noticed && _time.GetElapsedTime(noticed) < s_quietAfter ? SlowRate : 0;
    }

    private void Look()
    {
        _looked = _time.GetTimestamp();
        var newest = _files.NewestLog();
        if (newest == _last)
            return;
        (_last, _noticed) = (newest, _looked);
        _hurries |= newest is not null && (newest.Version - (_first?.Version ?? 0)) * newest.Length > _mostLogs;
    }
}
