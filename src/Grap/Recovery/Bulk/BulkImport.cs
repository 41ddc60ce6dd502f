using System.Globalization;
using System.Text;
using Grap.Archives;
using Grap.Graphs;
using Grap.Servers.Installations;

namespace Grap.Recovery.Bulk;

/// <summary>Fills a database that no server has opened yet with <c>neo4j-admin database import</c>, where the
/// elements are of kinds that it can be given exactly: 2.4 times as fast as through Bolt (docs/performance.md).</summary>
internal static class BulkImport
{
    // An import keeps ids, and a store has room for every id up to the highest.
    private const int RoomForNodes = 4;

    // Files a little larger than the elements, and the store that is made of them.
    private const int RoomForBytes = 5;

    // What the import may take beside its heap. By itself it would take nine tenths of what is free.
    private const long Memory = 1L << 30;
    private const int MemoryPerElement = 32;

    // Windows takes 32,767 characters as a whole, macOS a million, Linux two, and of those 131,071 bytes in each.
    private const int LongestArgument = 131_000;
    private static readonly int s_mostArguments = OperatingSystem.IsWindows() ? 30_000 : 500_000;

    /// <summary>Whether to try it: there is enough to import, ids without large gaps, room on the disk and in
    /// memory.</summary>
    /// <param name="source">The graph.</param>
    /// <param name="rawBytes">Bytes of all its elements.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="enough">How many elements are enough.</param>
    public static bool IsWorthwhile(IGraphSource source, long rawBytes, ServerFolder folder, long enough)
    {
        var nodes = source.Count(BlockKind.Nodes);
        return Elements(source) >= enough
            && MemoryFor(source) < GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2
            && source.Ranges(BlockKind.Nodes).DefaultIfEmpty().Max() <= (RoomForNodes * nodes) + BlockKey.RangeLength
            && new DriveInfo(folder.Path).AvailableFreeSpace / RoomForBytes > rawBytes;
    }

    /// <summary>Imports what can be imported; null, and no database, where all is to be restored through Bolt.</summary>
    /// <param name="source">The graph.</param>
    /// <param name="admin">For the folder.</param>
    /// <param name="folder">The server's folder; its data folder has no databases yet.</param>
    /// <param name="database">The database to make.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<CsvGraph?> TryRunAsync(
        IGraphSource source, Neo4jAdmin admin, ServerFolder folder, string database, IProgress<double> progress,
        CancellationToken cancellation)
    {
        var files = Directory.CreateDirectory(Path.Combine(folder.Path, "csv")).FullName;
        try
        {
            var graph = await CsvGraph.TryWriteAsync(source, files, new Half(progress), cancellation)
                .ConfigureAwait(false);
            if (graph is null || !CanBeGiven(graph.Arguments))
                return null;
            if (await TryImportAsync(graph, source, admin, files, database, cancellation).ConfigureAwait(false))
                return graph;
            // What it began is of no use.
            if (Directory.Exists(folder.Data))
                Directory.Delete(folder.Data, recursive: true);
            return null;
        }
        catch (IOException)
        {
            // A full disk, most likely: a restore through Bolt needs less, or says what is missing.
            return null;
        }
        finally
        {
            Directory.Delete(files, recursive: true);
        }
    }

    /// <summary>Whether the system lets a process have these arguments.</summary>
    internal static bool CanBeGiven(IReadOnlyList<string> arguments)
    {
        var lengths = arguments.Select(Encoding.UTF8.GetByteCount).ToList();
        return lengths.TrueForAll(static length => length <= LongestArgument)
            && lengths.Sum(static length => length + 1) <= s_mostArguments;
    }

    private static async Task<bool> TryImportAsync(
        CsvGraph graph, IGraphSource source, Neo4jAdmin admin, string files, string database,
        CancellationToken cancellation)
    {
        var outcome = await admin.RunAsync(
        [
            "database", "import", "full", database, "--id-type=actual", "--delimiter=TAB", "--array-delimiter=U+001F",
            string.Create(CultureInfo.InvariantCulture, $"--max-off-heap-memory={MemoryFor(source)}"),
            "--report-file=" + Path.Combine(files, "report"), .. graph.Arguments,
        ], cancellation).ConfigureAwait(false);
        return outcome.Succeeded;
    }

    private static long MemoryFor(IGraphSource source) => Memory + (Elements(source) * MemoryPerElement);

    private static long Elements(IGraphSource source) =>
        source.Count(BlockKind.Nodes) + source.Count(BlockKind.Relationships);

    /// <summary>Writing the files, about half of the work.</summary>
    private sealed class Half(IProgress<double> whole) : IProgress<double>
    {
        public void Report(double value) => whole.Report(value / 2);
    }
}
