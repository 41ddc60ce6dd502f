using Grap.Backups;
using Grap.Graphs;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Repositories;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.OnlineCopy;

/// <summary>What a server knew of its graph before it was stopped.</summary>
internal sealed record KnownGraph(GraphCounts Counts, string Fingerprint, long Transaction);

/// <summary>
/// A server with a graph that is read and copied while it runs, then stopped: what physical backups of it must hold is
/// known exactly.
/// </summary>
internal sealed class StoppedServer : IAsyncDisposable
{
    /// <summary>The constraint that was made last: its index is one transaction, and it itself the next.</summary>
    public const string LastConstraint = "made_last";

    private const string CopyId = "copy";

    private readonly FolderRepository _copies;
    private readonly InstalledServer _server;

    private StoppedServer(InstalledServer server, FolderRepository copies, KnownGraph graph)
    {
        _copies = copies;
        _server = server;
        Graph = graph;
    }

    public KnownGraph Graph { get; }

    public string Home => _server.Home!;

    public string DataFolder => _server.DataFolder!;

    /// <summary>Starts, loads, reads and stops a server. Skips the test where none can be had.</summary>
    public static async Task<StoppedServer> MakeAsync(string version, int nodes, CancellationToken cancellation)
    {
        var server = await ServerPool.StartInstalledAsync(version, cancellation);
        try
        {
            await new GraphOptions(GraphName.Generated, nodes).LoadAsync(server, cancellation);
            // A clean stop is the one way to a checkpoint on Community: what was written before is in the copy's stores
            // alone.
            await server.Server.RestartAsync(cancellation);
            await Backups.OwnServer.RunAsync(
                server, $"CREATE CONSTRAINT {LastConstraint} FOR (n:MadeLast) REQUIRE n.key IS UNIQUE");
            await using var workplace = await Backups.Workplace.OpenAsync(server);
            var logical = await workplace.TakeAsync(new BackupOptions { Method = BackupMethod.Bolt, RequireExact = true });
            var manifest = logical.Manifest!;
            var copies = FolderRepository.Open(
                Directory.CreateTempSubdirectory("grap-hot-copy-").FullName, create: true);
            var options = new BackupOptions { Id = CopyId, Method = BackupMethod.HotCopy };
            await new BackupTaker().TakeAsync(workplace.Session, copies, options, null, cancellation);
            Assert.True(await server.Server.StopAsync(cancellation));
            return new StoppedServer(server, copies,
                new KnownGraph(manifest.Counts, manifest.Fingerprint!, manifest.Transactions!.Last));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes the server's hot copy again, changed, with hashes that fit.</summary>
    /// <param name="repository">Where.</param>
    /// <param name="id">Its id.</param>
    /// <param name="change">Changes a file's first piece, which may become shorter; null for none.</param>
    /// <param name="alter">Changes the manifest; null for none.</param>
    public Backup Archive(
        FolderRepository repository, string id, Func<PhysicalFile, byte[], byte[]>? change = null,
        Func<BackupManifest, BackupManifest>? alter = null) =>
        ChangedCopy.Publish(_copies, CopyId, repository, id, change, alter);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_copies.Path, recursive: true);
    }
}
