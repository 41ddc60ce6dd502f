namespace Grap.OnlineCopy;

/// <summary>Slows work down to so many bytes a second, by the clock that it is given. Safe from any thread.</summary>
internal sealed class ByteRate
{
    private readonly Func<long> _perSecond;
    private readonly TimeProvider _time;
    private readonly object _lock = new();
    private readonly long _began;
    private double _dueSeconds;

    /// <summary>Begins to count.</summary>
    /// <param name="perSecond">Bytes a second; 0 for no limit.</param>
    /// <param name="time">The clock.</param>
    public ByteRate(long perSecond, TimeProvider time) : this(() => perSecond, time)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(perSecond);
    }

    /// <summary>Begins to count, at a rate that may change.</summary>
    /// <param name="perSecond">Asked each time, by one thread at a time: bytes a second from now on; 0 for no
    /// limit.</param>
    /// <param name="time">The clock.</param>
    public ByteRate(Func<long> perSecond, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(perSecond);
        ArgumentNullException.ThrowIfNull(time);
        _perSecond = perSecond;
        _time = time;
        _began = time.GetTimestamp();
    }

    /// <summary>Returns when this many more bytes may be read. Time in which nothing was asked for is not
    /// saved up.</summary>
    public void Take(int bytes, CancellationToken cancellation)
    {
        TimeSpan pause;
        lock (_lock)
        {
            var perSecond = _perSecond();
            if (perSecond == 0)
                return;
            var now = _time.GetElapsedTime(_began).TotalSeconds;
            _dueSeconds = Math.Max(_dueSeconds, now);
            pause = TimeSpan.FromSeconds(_dueSeconds - now);
            _dueSeconds += (double)bytes / perSecond;
        }
        if (pause > TimeSpan.Zero)
            Task.Delay(pause, _time, cancellation).GetAwaiter().GetResult();
    }
}
