namespace Grap.OnlineCopy;

/// <summary>Slows work down to so many bytes a second, by the clock that it is given. Safe from any thread.</summary>
internal sealed class ByteRate
{
    private readonly long _perSecond;
    private readonly TimeProvider _time;
    private readonly object _lock = new();
    private readonly long _began;
    private double _dueSeconds;

    /// <summary>Begins to count.</summary>
    /// <param name="perSecond">Bytes a second; 0 for no limit.</param>
    /// <param name="time">The clock.</param>
    public ByteRate(long perSecond, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegative(perSecond);
        _perSecond = perSecond;
        _time = time;
        _began = time.GetTimestamp();
    }

    /// <summary>Returns when this many more bytes may be read. Time in which nothing was asked for is not
    /// saved up.</summary>
    public void Take(int bytes, CancellationToken cancellation)
    {
        if (_perSecond == 0)
            return;
        TimeSpan pause;
        lock (_lock)
        {
            var now = _time.GetElapsedTime(_began).TotalSeconds;
            _dueSeconds = Math.Max(_dueSeconds, now);
            pause = TimeSpan.FromSeconds(_dueSeconds - now);
            _dueSeconds += (double)bytes / _perSecond;
        }
        if (pause > TimeSpan.Zero)
            Task.Delay(pause, _time, cancellation).GetAwaiter().GetResult();
    }
}
