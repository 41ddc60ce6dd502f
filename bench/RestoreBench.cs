using Grap.Backups;
using Grap.Bolt;
using Grap.Graphs;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Recovery;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Verification;

namespace Grap.Bench;

/// <summary>Restoring through Bolt, beside a client that sends the same batches, encoded beforehand, and does nothing
/// else. Each into a server of its own, as a graph that was deleted leaves files behind.</summary>
internal static class RestoreBench
{
    // A round of the whole graph takes five minutes.
    private const int MostRounds = 3;

    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        var rounds = Math.Min(scale.Rounds, MostRounds);
        await using var bed = await Bed.MakeAsync(new GraphOptions(GraphName.Generated, scale.Nodes), cancellation);
        var backup = await bed.TakeAsync(
            new BackupOptions { Method = BackupMethod.Bolt, Id = "original" }, cancellation, keep: true);
        var (restored, sent) = (new List<Cost>(), new List<Cost>());
        for (var round = 0; round < rounds; round++)
        {
            sent.Add(await IntoNewServerAsync(bed, backup, SendAsync, cancellation));
            restored.Add(await IntoNewServerAsync(bed, backup, RestoreAsync, cancellation));
        }
        var (middle, plain) = (Cost.Median(restored), Cost.Median(sent));
        Report.Way("the same batches sent", plain, bed.Elements, "elements");
        Report.Way("restored from an archive, zstd level 1", middle, bed.Elements, "elements");
        Report.Ratio("restoring to sending", plain.Seconds / middle.Seconds, "0.90 or more");
        await StageAsync(bed, backup, rounds, cancellation);
    }

    /// <summary>Staging on this machine, with the schema, by the two ways there are; without the start of the server,
    /// which both need.</summary>
    private static async Task StageAsync(Bed bed, Backup backup, int rounds, CancellationToken cancellation)
    {
        if (bed.Server.Home is not { } home)
            return;
        var (byBolt, imported) = (new List<Cost>(), new List<Cost>());
        for (var round = 0; round < rounds; round++)
        {
            byBolt.Add(await StageAsync(bed, backup, home, importFrom: long.MaxValue, cancellation));
            imported.Add(await StageAsync(bed, backup, home, importFrom: 0, cancellation));
        }
        var (slow, fast) = (Cost.Median(byBolt), Cost.Median(imported));
        Report.Way("staged through Bolt, with its schema", slow, bed.Elements, "elements");
        Report.Way("staged by bulk import, with its schema", fast, bed.Elements, "elements");
        Report.Ratio("importing to restoring through Bolt", slow.Seconds / fast.Seconds, "2 or more");
    }

    /// <summary>The time of importing and restoring alone; CPU is that of all, and that of its server is not known.</summary>
    private static async Task<Cost> StageAsync(
        Bed bed, Backup backup, string home, long importFrom, CancellationToken cancellation)
    {
        var seconds = 0.0;
        var cost = await Cost.OfAsync(
            null, async () => seconds = await TimeStagingAsync(bed, backup, home, importFrom, cancellation));
        return cost with { Seconds = seconds };
    }

    private static async Task<double> TimeStagingAsync(
        Bed bed, Backup backup, string home, long importFrom, CancellationToken cancellation)
    {
        using var archive = bed.Repository.OpenArchive(backup.Id);
        var run = new VerificationRun(TimeProvider.System, null, "bench", cancellation);
        var scratch = new ScratchOptions { Home = home, ImportFrom = importFrom };
        await using var graph = await RestoredGraph.RestoreAsync(archive, scratch, "neo4j", keepsFolder: false, run);
        if (importFrom == 0 && graph.Result.Imported == 0)
            throw new InvalidOperationException("Nothing was imported.");
        return (run.Steps.GetValueOrDefault("Import") + run.Steps["Restore"]).TotalSeconds;
    }

    /// <summary>The time of the elements alone, which is what <paramref name="way"/> tells; CPU is that of all it
    /// does.</summary>
    private static async Task<Cost> IntoNewServerAsync(
        Bed bed, Backup backup, Func<IGraphSource, Session, CancellationToken, Task<double>> way,
        CancellationToken cancellation)
    {
        await using var server = await LabServer.StartAsync(
            new LabServerOptions { HeapMegabytes = 1536, PageCacheMegabytes = 512 }, cancellation);
        await using var target = await Session.OpenAsync(
            new SessionOptions(BoltAddress.Parse(server.Uri.OriginalString), server.Auth), cancellation);
        await using var graph = new ArchiveGraph(bed.Repository.OpenArchive(backup.Id));
        var seconds = 0.0;
        var cost = await Cost.OfAsync(server.ProcessId, async () => seconds = await way(graph, target, cancellation));
        return cost with { Seconds = seconds };
    }

    /// <summary>The seconds that elements took; what the schema takes is the same either way.</summary>
    private static async Task<double> RestoreAsync(IGraphSource graph, Session target, CancellationToken cancellation)
    {
        var result = await new GraphRestorer().RestoreAsync(graph, target, new RestoreOptions(), null, cancellation);
        return (result.Steps["Nodes"] + result.Steps["Relationships"]).TotalSeconds;
    }

    private static async Task<double> SendAsync(IGraphSource graph, Session target, CancellationToken cancellation)
    {
        var options = new RestoreOptions();
        var job = new RestoreJob(
            graph.Schema, TargetCapabilities.Of(target), options, target.CypherPrefix, new NodeIds());
        await using var line = new WritingConnection(target);
        var present = await line.AskAsync(asked => TargetDatabase.ReadAsync(asked, target, cancellation), cancellation);
        var schema = new SchemaWriting(
            target, line, SchemaPlan.Of(graph.Schema, TargetCapabilities.Of(target), job.Filter), null);
        await schema.DropTokenLookupsAsync(present.Schema, cancellation);
        await schema.CreateAsync(SchemaPhase.BeforeNodes, cancellation);
        var ids = new List<long>();
        using var nodes = await PreparedBatches.OfNodesAsync(graph, job, ids, cancellation);
        var seconds = await nodes.SendAsync(target, cancellation);
        var created = nodes.Created.ToDictionary(node => ids[node.Row], static node => node.Id);
        await schema.CreateAsync(SchemaPhase.AfterNodes, cancellation);
        using var relationships = await PreparedBatches.OfRelationshipsAsync(graph, job, created, cancellation);
        return seconds + await relationships.SendAsync(target, cancellation);
    }
}
