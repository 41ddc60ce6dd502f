using System.Collections.Concurrent;
using System.Globalization;
using Grap.Archives;
using Grap.Bolt;
using Grap.Graphs;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>Reads all elements of one kind into the archive, over several connections to one server, and tells how far
/// it is.</summary>
internal sealed class ElementReading(
    Session session, BackupOptions options, ConcurrentQueue<string> notes, IProgress<WorkProgress>? progress,
    TimeProvider time, BlockBuffers buffers)
{
    private static readonly TimeSpan s_progressEvery = TimeSpan.FromMilliseconds(200);

    private readonly long _began = time.GetTimestamp();
    private long _doneBefore;

    public required BoltEndpoint Endpoint { get; init; }
    public required ArchiveWriter Archive { get; init; }
    public required LiveBlocks Live { get; init; }
    public required ElementQueries Queries { get; init; }
    public required CommitWatch Watch { get; init; }
    public required ProjectionFilter? Filter { get; init; }
    public required GraphDigest Digest { get; init; }

    /// <summary>Elements of both kinds, for the progress.</summary>
    public required long Expected { get; init; }

    /// <summary>Most connections used at once.</summary>
    public int Connections { get; private set; }

    /// <summary>Reads <paramref name="space"/>; returns when every block of it is in the file.</summary>
    public async Task ReadAsync(IdSpace space, CancellationToken cancellation)
    {
        using var pipeline = new BlockPipeline(Archive, Live, Digest, buffers, options.CompressionLevel, cancellation);
        using var alone = new SemaphoreSlim(1);
        var blocks = new ConcurrentQueue<long>(space.Blocks);
        var connections = Math.Min(options.EffectiveConnections, blocks.Count);
        Connections = Math.Max(Connections, connections);
        using var ticker = progress is null
            ? null
            : time.CreateTimer(_ => progress.Report(Tell(space, pipeline)), null, TimeSpan.Zero, s_progressEvery);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => WorkAsync(space, blocks, pipeline, alone)))
            .ConfigureAwait(false);
        await pipeline.CompleteAsync().ConfigureAwait(false);
        _doneBefore += pipeline.Elements;
    }

    private async Task WorkAsync(
        IdSpace space, ConcurrentQueue<long> blocks, BlockPipeline pipeline, SemaphoreSlim alone)
    {
        try
        {
            var line = await ReadingConnection.OpenAsync(session, Endpoint, notes, pipeline.Stopping)
                .ConfigureAwait(false);
            await using (line.ConfigureAwait(false))
            {
                var reader = new BlockReader(line, Queries, Watch, buffers, Filter, alone);
                while (blocks.TryDequeue(out var firstId))
                    await reader.ReadAsync(space, firstId, pipeline).ConfigureAwait(false);
                // After its last record each connection asks once more, without a bookmark of its own, where the
                // database stands.
                Watch.Saw(await line.AskAsync(
                    asked => asked.ReadBookmarkAsync(session.Database, pipeline.Stopping), pipeline.Stopping)
                    .ConfigureAwait(false));
            }
        }
        catch (Exception failure)
        {
            pipeline.Fail(failure);
        }
    }

    private WorkProgress Tell(IdSpace space, BlockPipeline pipeline)
    {
        var seconds = Math.Max(0.001, time.GetElapsedTime(_began).TotalSeconds);
        var done = _doneBefore + pipeline.Elements;
        var rate = done / seconds;
        var left = Expected - done;
        var status = string.Create(CultureInfo.InvariantCulture,
            $"{pipeline.Elements:N0} of {space.Count:N0} "
            + $"{(space.Kind == BlockKind.Nodes ? "nodes" : "relationships")}, {rate / 1000:N0} k/s");
        return new WorkProgress(
            $"Backing up {session.Database}", Live.Pass > 1 ? $"Pass {Live.Pass}: {status}" : status,
            Expected > 0 ? Math.Clamp((double)done / Expected, 0, 1) : null,
            rate > 0 && left > 0 ? TimeSpan.FromSeconds(left / rate) : null);
    }
}
