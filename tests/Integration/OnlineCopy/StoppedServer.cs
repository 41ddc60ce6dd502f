using Grap.Archives;
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
/// A server with a graph that is read, stopped cleanly, and whose folder then serves as the source of physical backups:
/// what they must hold is known exactly.
/// </summary>
internal sealed class StoppedServer : IAsyncDisposable
{
    // What a hot copy leaves out; Neo4j makes it again.
    private static readonly string[] s_derivedEnds = [".id", "counts.db", "degrees.db", "indexstats.db"];

    private readonly InstalledServer _server;

    private StoppedServer(InstalledServer server, BackupSource source, KnownGraph graph)
    {
        _server = server;
        Source = source;
        Graph = graph;
    }

    public BackupSource Source { get; }

    public KnownGraph Graph { get; }

    public string Home => _server.Home!;

    public string DataFolder => _server.DataFolder!;

    /// <summary>Starts, loads, reads and stops a server. Skips the test where none can be had.</summary>
    public static async Task<StoppedServer> MakeAsync(string version, int nodes, CancellationToken cancellation)
    {
        var server = await LabServer.StartAsync(ServerPool.Options(version), cancellation);
        try
        {
            if (server is not InstalledServer installed)
            {
                Assert.Skip("The files of a server in a container cannot be read by this test.");
                throw new InvalidOperationException();
            }
            await new GraphOptions(GraphName.Generated, nodes).LoadAsync(server, cancellation);
            await using var workplace = await Backups.Workplace.OpenAsync(server);
            var logical = await workplace.TakeAsync(new BackupOptions { RequireExact = true });
            var manifest = logical.Manifest!;
            Assert.True(await installed.Server.StopAsync(cancellation));
            return new StoppedServer(installed, manifest.Source,
                new KnownGraph(manifest.Counts, manifest.Fingerprint!, manifest.Transactions!.Last));
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes a physical backup of the folder.</summary>
    /// <param name="repository">Where.</param>
    /// <param name="id">Its id.</param>
    /// <param name="change">Changes a file's bytes before they are archived; null for none.</param>
    /// <param name="alter">Changes the manifest; null for none.</param>
    public Backup Archive(
        FolderRepository repository, string id, Action<PhysicalFile, byte[]>? change = null,
        Func<BackupManifest, BackupManifest>? alter = null)
    {
        using var held = repository.Lock("test");
        using var pending = repository.Begin(id, held);
        var files = new List<PhysicalFile>();
        foreach (var (path, kind) in SourceFiles())
        {
            var bytes = File.ReadAllBytes(path);
            var file = new PhysicalFile(Path.GetFileName(path), kind, bytes.Length);
            change?.Invoke(file, bytes);
            Write(pending.Archive, files.Count, kind, bytes);
            files.Add(file);
        }
        var manifest = new BackupManifest
        {
            Id = id,
            Method = BackupMethod.HotCopy,
            Exactness = Exactness.Exact,
            Source = Source,
            Transactions = new TransactionWindow(Graph.Transaction, Graph.Transaction),
            Physical = new PhysicalContent { Files = files },
        };
        return pending.Publish(alter?.Invoke(manifest) ?? manifest, CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private IEnumerable<(string Path, PhysicalFileKind Kind)> SourceFiles()
    {
        var stores = Directory.EnumerateFiles(Path.Combine(DataFolder, "databases", Source.Database))
            .Where(static path => Path.GetFileName(path) != "database_lock"
                && !s_derivedEnds.Any(end => path.EndsWith(end, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal).Select(static path => (path, PhysicalFileKind.Store));
        var logs = Directory.EnumerateFiles(Path.Combine(DataFolder, "transactions", Source.Database))
            .Order(StringComparer.Ordinal).Select(static path => (path, PhysicalFileKind.Log));
        return stores.Concat(logs);
    }

    private static void Write(ArchiveWriter archive, int number, PhysicalFileKind kind, byte[] bytes)
    {
        for (var part = 0; (long)part * BlockKey.PieceBytes < bytes.Length; part++)
        {
            var piece = bytes.AsSpan(part * BlockKey.PieceBytes);
            piece = piece[..Math.Min(piece.Length, BlockKey.PieceBytes)];
            if (!piece.ContainsAnyExcept((byte)0))
                continue;
            var block = kind == PhysicalFileKind.Store ? BlockKind.StoreFile : BlockKind.LogFile;
            using var encoded = EncodedBlock.Encode(new BlockKey(block, number, part), 0, piece, compressionLevel: 1);
            archive.Write(encoded);
        }
    }
}
