namespace Grap.Servers.Control;

/// <summary>A server that is a unit of systemd.</summary>
/// <param name="unit">The unit's name, as <c>neo4j</c> or <c>neo4j@production.service</c>.</param>
/// <param name="time">The clock.</param>
internal sealed class SystemdUnitControl(string unit, TimeProvider time) : IServerControl
{
    public string Description => $"systemd unit {unit}";

    public bool StartsAsThisUser => false;

    public Task StopAsync(CancellationToken cancellation) =>
        Command("stop").RunAsync("stop the server", time, cancellation);

    public Task StartAsync(CancellationToken cancellation) =>
        Command("start").RunAsync("start the server", time, cancellation);

    // Nobody is there to be asked for a password.
    private ControlCommand Command(string verb) => new("systemctl", "--no-ask-password", verb, "--", unit);
}
