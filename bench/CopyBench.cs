using Grap.Backups;
using Grap.Lab.Graphs;

namespace Grap.Bench;

/// <summary>Copying a running server's data folder, beside the tools that copy and compress the same files without
/// knowing what they are.</summary>
internal static class CopyBench
{
    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        await using var bed = await Bed.MakeAsync(new GraphOptions(GraphName.Generated, scale.Nodes), cancellation);
        if (await StoreFiles.OfAsync(bed, cancellation) is not { } files)
            return;
        var target = Directory.CreateTempSubdirectory("grap-bench-copy-").FullName;
        try
        {
            Backup? compressed = null;
            var costs = await Cost.InTurnAsync(scale.Rounds, bed.Server.ProcessId,
                () => files.CopyAsync(target, cancellation),
                () => bed.TakeAsync(Options(level: 0), cancellation),
                () => files.CompressAsync(target, cancellation),
                async () => compressed = await bed.TakeAsync(Options(level: 1), cancellation));
            var megabytes = files.Bytes / 1e6;
            Report.Line($"{files.Count} files of {megabytes:N0} MB");
            Report.Way("cp, sync", costs[0], megabytes, "MB");
            Report.Way("HotCopy, not compressed", costs[1], megabytes, "MB");
            Report.Way("cat | zstd -T2 -1, sync", costs[2], megabytes, "MB");
            Report.Way("HotCopy, zstd level 1", costs[3], megabytes, "MB");
            Report.Ratio("HotCopy to cp", costs[0].Seconds / costs[1].Seconds, "0.90 or more");
            Report.Ratio("HotCopy to zstd", costs[2].Seconds / costs[3].Seconds, "0.90 or more");
            Report.Figure("archive at level 1", compressed!.SizeBytes / 1e6, "MB");
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    private static BackupOptions Options(int level) => new()
    {
        Method = BackupMethod.HotCopy,
        CompressionLevel = level,
    };
}
