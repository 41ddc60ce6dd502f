using System.Collections.Concurrent;
using System.Collections.Frozen;
using Grap.Archives;
using Grap.Graphs;
using Grap.Servers;

namespace Grap.Recovery.Bulk;

/// <summary>
/// A graph as files for <c>neo4j-admin database import</c>, except for the elements that those files cannot hold
/// exactly: these are left, to be created through Bolt. Nodes keep their ids.
/// </summary>
internal sealed class CsvGraph
{
    private const string NodeHead = ":ID";
    private const string RelationshipHead = ":START_ID\t:END_ID";

    // With more left than this, one in so many, it is quicker to create all through Bolt.
    private const int LeftAlways = 20_000;
    private const int LeftOneIn = 5;

    // Names become arguments: what is longer would use up the room of all others.
    private const int LongestName = 255;

    private readonly string _folder;
    private readonly List<string> _arguments = [];
    private bool _hasLineBreaks;
    private long _seen;
    private long _left;

    private CsvGraph(string folder, GraphSchema schema) => (_folder, HasVectors) =
        (folder, schema.Indexes.Any(static index => index.Type == "VECTOR"));

    /// <summary>Whether some lists of floats are vectors.</summary>
    public bool HasVectors { get; }

    /// <summary>Ids of the nodes that are not in the files.</summary>
    public IReadOnlySet<long> LeftNodes { get; private set; } = FrozenSet<long>.Empty;

    /// <summary>Ids of the relationships that are not in the files.</summary>
    public IReadOnlySet<long> LeftRelationships { get; private set; } = FrozenSet<long>.Empty;

    /// <summary>The nodes that are in the files.</summary>
    public NodeTable Kept { get; } = new();

    /// <summary>What to give to the import, which must run in the folder above the files'.</summary>
    public IReadOnlyList<string> Arguments =>
        [$"--multiline-fields={(_hasLineBreaks ? "true" : "false")}", .. _arguments];

    /// <summary>Throws <see cref="GrapException"/> (RestoreFailed) unless the import made of the files what is in
    /// them.</summary>
    public void Expect(IGraphSource source, TargetDatabase present, Session session)
    {
        var nodes = source.Count(BlockKind.Nodes) - LeftNodes.Count;
        var relationships = source.Count(BlockKind.Relationships) - LeftRelationships.Count;
        if ((present.Nodes, present.Relationships) == (nodes, relationships))
            return;
        throw new GrapException(
            GrapCondition.RestoreFailed,
            $"neo4j-admin imported {present.Nodes} nodes and {present.Relationships} relationships of {source.Name} into "
            + $"{session.Database}, where {nodes} and {relationships} were given to it.",
            "Test the backup at level Structure; if that passes, tell the makers of Grap.", source.Name);
    }

    /// <summary>Whether a name can stand in a header and in an argument without being taken for something
    /// else.</summary>
    public static bool IsPlain(string name) =>
        name.Length is > 0 and <= LongestName && name.All(static c => char.IsLetterOrDigit(c) || c == '_');

    /// <summary>Writes the files; null where so much would be left that it is not worth it.</summary>
    /// <param name="source">What to write.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="progress">Told the fraction that is written.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<CsvGraph?> TryWriteAsync(
        IGraphSource source, string folder, IProgress<double> progress, CancellationToken cancellation)
    {
        var graph = new CsvGraph(folder, source.Schema);
        if (await graph.TryWriteAsync(source, BlockKind.Nodes, progress, cancellation).ConfigureAwait(false)
            is not { } nodes)
            return null;
        graph.LeftNodes = nodes;
        graph.Kept.Complete();
        if (await graph.TryWriteAsync(source, BlockKind.Relationships, progress, cancellation).ConfigureAwait(false)
            is not { } relationships)
            return null;
        graph.LeftRelationships = relationships;
        return graph;
    }

    // The ids of what is left. Each writer has files of its own, so that none waits for another.
    private async Task<IReadOnlySet<long>?> TryWriteAsync(
        IGraphSource source, BlockKind kind, IProgress<double> progress, CancellationToken cancellation)
    {
        var total = source.Count(BlockKind.Nodes) + source.Count(BlockKind.Relationships);
        var writers = new ConcurrentBag<CsvWriter>();
        var free = new ConcurrentBag<CsvWriter>();
        var number = 0;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await RangeReading.ForEachAsync(source.Ranges(kind), source.Parallelism, WriteAsync, stop.Token)
                .ConfigureAwait(false);
            foreach (var writer in writers)
            {
                writer.Complete(kind == BlockKind.Nodes ? NodeHead : RelationshipHead);
                _arguments.AddRange(writer.Arguments);
                _hasLineBreaks |= writer.HasLineBreaks;
            }
            return writers.SelectMany(static w => w.Left).ToFrozenSet();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            foreach (var writer in writers)
                writer.Dispose();
        }

        async ValueTask WriteAsync(long firstId, CancellationToken stopping)
        {
            if (!free.TryTake(out var writer))
            {
                writer = new CsvWriter(this, _folder, kind, Interlocked.Increment(ref number));
                writers.Add(writer);
            }
            await source.ReadAsync(kind, firstId, part =>
            {
                var (seen, left) = writer.Write(part.Key, part.Content.Span);
                var (allSeen, allLeft) = (Interlocked.Add(ref _seen, seen), Interlocked.Add(ref _left, left));
                progress.Report(allSeen / (double)Math.Max(1, total));
                if (allLeft > LeftAlways + (allSeen / LeftOneIn))
                    stop.Cancel();
                return ValueTask.CompletedTask;
            }, stopping).ConfigureAwait(false);
            free.Add(writer);
        }
    }
}
