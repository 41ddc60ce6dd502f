using System.Globalization;

namespace Grap.Servers.Control;

/// <summary>A server that is stopped until it is really down, and started until its database really answers.</summary>
/// <param name="control">What stops and starts it.</param>
/// <param name="presence">How that is seen.</param>
/// <param name="limits">How long it may take.</param>
/// <param name="time">The clock.</param>
public sealed class ControlledServer(
    IServerControl control, IServerPresence presence, ControlLimits limits, TimeProvider time)
{
    /// <summary>What stops and starts it.</summary>
    public IServerControl Control => control;

    /// <summary>Stops it. One that does not run is told so too: something may be about to start it again.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ServerControlFailed"/>: the command failed, and there
    /// was something to stop; <see cref="GrapCondition.ServerNotStopped"/>.</exception>
    public async Task StopAsync(CancellationToken cancellation)
    {
        var wasDown = await presence.FindTraceAsync(cancellation).ConfigureAwait(false) is null;
        try
        {
            await control.StopAsync(cancellation).ConfigureAwait(false);
        }
        catch (GrapException failure) when (wasDown && failure.Condition == GrapCondition.ServerControlFailed)
        {
            // Most commands complain of a server that does not run.
        }
        var trace = await WaitAsync(presence.FindTraceAsync, limits.Down, cancellation).ConfigureAwait(false);
        if (trace is null)
            return;
        throw new GrapException(GrapCondition.ServerNotStopped,
            $"The server was told to stop by {control.Description} and still runs after {Seconds(limits.Down)} "
            + $"seconds. {trace}",
            "Check that this is what stops that very server, and that nothing starts it again by itself.",
            control.Description);
    }

    /// <summary>Starts it, unless it runs already.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ServerControlFailed"/>: the command failed;
    /// <see cref="GrapCondition.ServerNotStarted"/>: the database does not answer.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (await presence.FindTraceAsync(cancellation).ConfigureAwait(false) is null)
            await control.StartAsync(cancellation).ConfigureAwait(false);
        var obstacle = await WaitAsync(presence.FindObstacleAsync, limits.Up, cancellation).ConfigureAwait(false);
        if (obstacle is null)
            return;
        throw new GrapException(GrapCondition.ServerNotStarted,
            $"The server was started by {control.Description}, and its database does not answer after "
            + $"{Seconds(limits.Up)} seconds. {obstacle}",
            "See the server's neo4j.log and debug.log.", control.Description);
    }

    private async Task<string?> WaitAsync(
        Func<CancellationToken, Task<string?>> look, TimeSpan limit, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var seen = await look(cancellation).ConfigureAwait(false);
            if (seen is null || time.GetElapsedTime(began) >= limit)
                return seen;
            await Task.Delay(limits.Poll, time, cancellation).ConfigureAwait(false);
        }
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
}
