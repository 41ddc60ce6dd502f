namespace Grap.Tests.Torture;

/// <summary>A clock that runs faster than the real one, so that nobody waits a minute for another to be dead. The time
/// of day is the real one.</summary>
internal sealed class QuickTime(int speed) : TimeProvider
{
    public override long GetTimestamp() => System.GetTimestamp() * speed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period));

    private TimeSpan Shorter(TimeSpan time) => time <= TimeSpan.Zero ? time : time / speed;
}
