using System.Diagnostics;
using Grap.Bolt;
using Grap.Servers.Installations;
using Grap.Tests.Torture.OnlineCopy.Inspection;
using Grap.Tests.Torture.OnlineCopy.Workload;

namespace Grap.Tests.Torture.OnlineCopy.Rounds;

/// <summary>A real server with its data folder and the crew that writes to it. The folder outlives the server, which is
/// killed and started again, each time as the round wants it.</summary>
internal sealed class Production(Neo4jInstallation installation, string folder, WritingCrew crew) : IAsyncDisposable
{
    private const int HeapMegabytes = 512;
    private LocalServer? _server;
    private BoltDriver? _driver;

    /// <summary>What runs, and what its copies are proven with.</summary>
    public Neo4jInstallation Installation { get; } = installation;

    /// <summary>Neo4j's version.</summary>
    public string Version => Installation.Version;

    /// <summary>How long the last start took.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>Who writes.</summary>
    public WritingCrew Crew { get; } = crew;

    /// <summary>The data folder.</summary>
    public string DataFolder { get; } = Path.Combine(folder, "data");

    /// <summary>The server; null while none runs.</summary>
    public LocalServer? Server => _server;

    /// <summary>Makes one with the graph in it, in a folder of its own.</summary>
    public static async Task<Production> FoundAsync(
        Neo4jInstallation installation, string folder, WorkloadSize size, int seed, ServerLife life,
        CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        var crew = new WritingCrew(size, seed, Path.Combine(folder, "ledger.txt"));
        var production = new Production(installation, folder, crew);
        try
        {
            await production.StartAsync(life, cancellation);
            await using var connection = await production._driver!.AcquireAsync(
                BoltAccessMode.Write, cancellation: cancellation);
            await Foundation.LayAsync(connection, size, crew.GraphWriters, cancellation);
            return production;
        }
        catch
        {
            await production.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the server on what is there.</summary>
    public async Task StartAsync(ServerLife life, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        _server = await LocalServer.StartAsync(Installation, new LocalServerOptions
        {
            DataFolder = DataFolder,
            Authentication = LocalServerAuthentication.None,
            HeapMegabytes = HeapMegabytes,
            PageCacheMegabytes = life.PageCacheMegabytes,
            Settings = life.Settings,
        }, cancellation);
        StartTime = clock.Elapsed;
        _driver = new BoltDriver(_server.Address, _server.Authentication);
    }

    /// <summary>Lets the crew write.</summary>
    public void Write() => Crew.Start(_driver!);

    /// <summary>Ends the server at once, and the crew with it.</summary>
    public async Task KillAsync()
    {
        Crew.Ledger.Mark("kill");
        await _server!.KillAsync();
        await GoneAsync();
    }

    /// <summary>Ends the server as an administrator does, under the writers' hands.</summary>
    public async Task StopAsync()
    {
        Crew.Ledger.Mark("stop");
        await _server!.StopAsync();
        await GoneAsync();
    }

    /// <summary>Looks at the running server itself while nobody writes.</summary>
    public async Task<Findings> InspectAsync(CancellationToken cancellation)
    {
        await using var connection = await _driver!.AcquireAsync(BoltAccessMode.Read, cancellation: cancellation);
        var now = Crew.Ledger.Now;
        return await new Inspector(Crew).InspectAsync(connection, new CopySpan(now, now), cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await KillAsync();
        Crew.Dispose();
    }

    private async Task GoneAsync()
    {
        await Crew.StopAsync();
        await _driver!.DisposeAsync();
        await _server!.DisposeAsync();
        (_server, _driver) = (null, null);
    }
}
