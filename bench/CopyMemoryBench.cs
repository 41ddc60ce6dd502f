using Grap.Archives;
using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Repositories;

namespace Grap.Bench;

/// <summary>Memory of copying files of different sizes into an archive, without a server. The files are sparse, with
/// a page in every piece, so that each is read, compressed and written.</summary>
internal static class CopyMemoryBench
{
    private const int PageBytes = 8192;

    public static async Task RunAsync(Scale scale, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("grap-bench-memory-").FullName;
        try
        {
            foreach (var mebibytes in scale == Scale.Small ? new[] { 64, 256 } : [256, 2048])
            {
                var source = Path.Combine(folder, "source");
                await MakeAsync(source, mebibytes, cancellation);
                Report.DataSet = $"[a sparse file of {mebibytes} MiB]";
                foreach (var level in new[] { 0, 1 })
                {
                    PeakMemory.Reset();
                    var before = PeakMemory.Mebibytes();
                    var cost = await Cost.OfAsync(null, () => CopyAsync(source, folder, level, cancellation));
                    Report.Way(level == 0 ? "copied, not compressed" : "copied, zstd level 1", cost, mebibytes, "MiB");
                    Report.Figure("peak memory beyond that before it", PeakMemory.Mebibytes() - before, "MiB");
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CopyAsync(string source, string folder, int level, CancellationToken cancellation)
    {
        var disk = new DiskFileSystem();
        var target = Path.Combine(folder, "archive");
        using var content = disk.OpenRead(source)!;
        using (var file = disk.CreateNew(target)!)
        using (var archive = new ArchiveWriter(file, Guid.NewGuid()))
        {
            var writer = new PieceWriter(archive, level, new ByteRate(0, TimeProvider.System));
            var store = new PhysicalFile("store", PhysicalFileKind.Store, content.Length);
            await writer.CopyAsync([new SourceFile(store, content)], cancellation);
        }
        disk.Delete(target);
    }

    private static async Task MakeAsync(string path, int mebibytes, CancellationToken cancellation)
    {
        var page = new byte[PageBytes];
        new Random(1).NextBytes(page);
        await using var file = File.Create(path);
        for (var piece = 0; piece < mebibytes; piece++)
        {
            file.Position = (long)piece << 20;
            await file.WriteAsync(page, cancellation);
        }
        file.SetLength((long)mebibytes << 20);
    }
}
