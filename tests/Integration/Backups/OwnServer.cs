using Grap.Bolt;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Backups;

/// <summary>A server that the tests of one class have for themselves, with a graph of several blocks, so that they may
/// kill it.</summary>
public sealed class OwnServer : IAsyncDisposable
{
    private LabServer? _server;

    /// <summary>The server, started and loaded by the first test that asks. Skips the test where none can be
    /// had.</summary>
    public async Task<LabServer> GetAsync() => _server ??= await StartAsync();

    /// <summary>The server as one that can be killed and started again. Skips the test where it runs in a
    /// container.</summary>
    public async Task<InstalledServer> GetInstalledAsync()
    {
        if (await GetAsync() is InstalledServer installed)
            return installed;
        Assert.Skip("A server in a container is not killed by this test.");
        return null!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>Runs a statement by itself.</summary>
    public static async Task RunAsync(LabServer server, string text, params (string Name, object? Value)[] parameters)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var driver = server.Connect();
        await using var connection = await driver.AcquireAsync(BoltAccessMode.Write, cancellation: cancellation);
        var query = BoltQuery.Create(text, parameters) with { Mode = BoltAccessMode.Write };
        await using var cursor = await connection.RunAsync(query, cancellation);
        while (await cursor.ReadAsync(cancellation))
        {
            // Nothing of interest comes back.
        }
    }

    private static async Task<LabServer> StartAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var server = await ServerPool.StartAsync(ServerPool.Options(LabServerOptions.DefaultVersion), cancellation);
        try
        {
            // Two blocks of nodes, three of relationships, about 20 MB on the wire.
            await new GraphOptions(GraphName.Generated, 80_000).LoadAsync(server, cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }
}
