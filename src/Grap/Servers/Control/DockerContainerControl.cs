using System.Globalization;

namespace Grap.Servers.Control;

/// <summary>A server in a Docker container.</summary>
/// <param name="container">The container's name or id.</param>
/// <param name="time">The clock.</param>
internal sealed class DockerContainerControl(string container, TimeProvider time) : IServerControl
{
    // Docker itself waits ten seconds and then kills, which leaves a store that has to be recovered.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    public string Description => $"Docker container {container}";

    public bool StartsAsThisUser => false;

    public Task StopAsync(CancellationToken cancellation) => new ControlCommand(
        "docker", "stop", "-t", s_patience.TotalSeconds.ToString("0", CultureInfo.InvariantCulture), "--", container)
        .RunAsync("stop the server", time, cancellation);

    public Task StartAsync(CancellationToken cancellation) =>
        new ControlCommand("docker", "start", "--", container).RunAsync("start the server", time, cancellation);
}
