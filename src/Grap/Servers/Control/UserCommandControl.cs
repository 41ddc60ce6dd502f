namespace Grap.Servers.Control;

/// <summary>A server that is stopped and started by two commands of its operator's, each read by the system's shell
/// just as it was written: nothing is put into it.</summary>
/// <param name="stop">The command that stops it.</param>
/// <param name="start">The command that starts it.</param>
/// <param name="time">The clock.</param>
internal sealed class UserCommandControl(string stop, string start, TimeProvider time) : IServerControl
{
    public string Description => "the commands given";

    public bool StartsAsThisUser => false;

    public Task StopAsync(CancellationToken cancellation) =>
        Command(stop).RunAsync("run the command that stops the server", time, cancellation);

    public Task StartAsync(CancellationToken cancellation) =>
        Command(start).RunAsync("run the command that starts the server", time, cancellation);

    private static ControlCommand Command(string text) => OperatingSystem.IsWindows()
        ? new ControlCommand("powershell.exe", "-NoProfile", "-NonInteractive", "-Command", text)
        : new ControlCommand("/bin/sh", "-c", text);
}
