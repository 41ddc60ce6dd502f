namespace Grap.Servers.Control;

/// <summary>A server that is stopped and started by <c>bin/neo4j</c> of its installation.</summary>
/// <param name="home">The installation: <c>NEO4J_HOME</c>.</param>
/// <param name="configuration">The folder of its <c>neo4j.conf</c>: <c>NEO4J_CONF</c>; null for <c>conf</c> in the
/// installation.</param>
/// <param name="time">The clock.</param>
internal sealed class Neo4jCommandControl(string home, string? configuration, TimeProvider time) : IServerControl
{
    // `neo4j stop` waits two minutes by default, and then says that it did not stop.
    private const string ShutdownTimeout = "NEO4J_SHUTDOWN_TIMEOUT";

    private readonly string _home = Path.GetFullPath(home);
    private readonly string _configuration = Path.GetFullPath(configuration ?? Path.Combine(home, "conf"));

    public string Description => $"'{Program}' with the configuration in '{_configuration}'";

    public bool StartsAsThisUser => true;

    private string Program => Path.Combine(_home, "bin", OperatingSystem.IsWindows() ? "neo4j.bat" : "neo4j");

    public Task StopAsync(CancellationToken cancellation) =>
        Command("stop").RunAsync("stop the server", time, cancellation);

    public Task StartAsync(CancellationToken cancellation) =>
        Command("start").RunAsync("start the server", time, cancellation);

    private ControlCommand Command(string verb) => new(Program, verb)
    {
        Variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["NEO4J_HOME"] = _home,
            ["NEO4J_CONF"] = _configuration,
            [ShutdownTimeout] = "240",
        },
    };
}
