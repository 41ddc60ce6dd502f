using System.Globalization;
using Grap.Backups;
using Grap.Bolt;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.Bench;

/// <summary>A server with a graph, a session to it, and an empty repository.</summary>
internal sealed class Bed : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("grap-bench-").FullName;

    private Bed(LabServer server, Session session, long nodes, long relationships)
    {
        (Server, Session, Nodes, Relationships) = (server, session, nodes, relationships);
        Repository = FolderRepository.Open(_folder, create: true);
    }

    public LabServer Server { get; }

    public Session Session { get; }

    public FolderRepository Repository { get; }

    public long Nodes { get; }

    public long Relationships { get; }

    public long Elements => Nodes + Relationships;

    /// <summary>Starts a server, quiet otherwise, and loads <paramref name="graph"/>.</summary>
    public static async Task<Bed> MakeAsync(GraphOptions graph, CancellationToken cancellation, int heap = 1536)
    {
        var server = await LabServer.StartAsync(
            new LabServerOptions { HeapMegabytes = heap, PageCacheMegabytes = 512 }, cancellation);
        try
        {
            var (nodes, relationships) = await graph.LoadAsync(server, cancellation);
            Report.DataSet = string.Create(
                CultureInfo.InvariantCulture, $"[{graph.Name}: {nodes:N0} nodes, {relationships:N0} relationships]");
            Report.Line($"{server.Description}: {Report.DataSet}");
            var session = await Session.OpenAsync(
                new SessionOptions(BoltAddress.Parse(server.Uri.OriginalString), server.Auth), cancellation);
            return new Bed(server, session, nodes, relationships);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes a backup and removes it again, unless it is to be kept.</summary>
    public async Task<Backup> TakeAsync(BackupOptions options, CancellationToken cancellation, bool keep = false)
    {
        var backup = await new BackupTaker().TakeAsync(Session, Repository, options, null, cancellation);
        if (!keep)
        {
            using var held = Repository.Lock("bench", cancellation);
            Repository.Remove(backup.Id, held, force: true);
        }
        return backup;
    }

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        await Server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
