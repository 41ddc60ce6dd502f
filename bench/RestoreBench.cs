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
        var (restored, sent) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            sent.Add(await IntoNewServerAsync(bed, backup, SendAsync, cancellation));
            restored.Add(await IntoNewServerAsync(bed, backup, RestoreAsync, cancellation));
        }
        var (middle, plain) = (Median(restored), Median(sent));
        Report.Line($"{"the same batches sent",-44} {plain,7:0.00} s {bed.Elements / plain,12:N0} elements/s  {Report.DataSet}");
        Report.Line($"{"restored from an archive",-44} {middle,7:0.00} s {bed.Elements / middle,12:N0} elements/s  {Report.DataSet}");
        Report.Ratio("restoring to sending", plain / middle, "0.90 or more");
        await StageAsync(bed, backup, rounds, cancellation);
    }

    /// <summary>Staging on this machine, with the schema, by the two ways there are; without the start of the server,
    /// which both need.</summary>
    private static async Task StageAsync(Bed bed, Backup backup, int rounds, CancellationToken cancellation)
    {
        if (bed.Server.Home is not { } home)
            return;
        var (byBolt, imported) = (new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            byBolt.Add(await StageAsync(bed, backup, home, importFrom: long.MaxValue, cancellation));
            imported.Add(await StageAsync(bed, backup, home, importFrom: 0, cancellation));
        }
        var (slow, fast) = (Median(byBolt), Median(imported));
        Report.Line($"{"staged through Bolt, with its schema",-44} {slow,7:0.00} s {bed.Elements / slow,12:N0} elements/s  {Report.DataSet}");
        Report.Line($"{"staged by bulk import, with its schema",-44} {fast,7:0.00} s {bed.Elements / fast,12:N0} elements/s  {Report.DataSet}");
        Report.Ratio("importing to restoring through Bolt", slow / fast, "2 or more");
    }

    private static async Task<double> StageAsync(
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

    private static double Median(List<double> seconds) => seconds.Order().ElementAt(seconds.Count / 2);

    private static async Task<double> IntoNewServerAsync(
        Bed bed, Backup backup, Func<IGraphSource, Session, CancellationToken, Task<double>> way,
        CancellationToken cancellation)
    {
        await using var server = await LabServer.StartAsync(
            new LabServerOptions { HeapMegabytes = 1536, PageCacheMegabytes = 512 }, cancellation);
        await using var target = await Session.OpenAsync(
            new SessionOptions(BoltAddress.Parse(server.Uri.OriginalString), server.Auth), cancellation);
        await using var graph = new ArchiveGraph(bed.Repository.OpenArchive(backup.Id));
        return await way(graph, target, cancellation);
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
