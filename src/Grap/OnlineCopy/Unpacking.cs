using System.Globalization;
using Grap.Archives;
using Grap.Backups;
using Grap.Repositories;

namespace Grap.OnlineCopy;

/// <summary>
/// Writes the files of a physical backup. Several pieces at once, each checked against its hash, one of 1 MiB in memory
/// per core. Pieces of zeros are not written, so that they take no room where the file system knows holes. Nothing that
/// exists is overwritten.
/// </summary>
internal sealed class Unpacking(ArchiveReader archive, PhysicalFiles files)
{
    /// <summary>Writes all files.</summary>
    /// <param name="folderOf">The folder for a kind of file; it is made where it is not there.</param>
    /// <param name="written">Told each piece that was written, from any thread; null for nobody.</param>
    /// <param name="cancellation">Stops between two pieces.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.ArchiveCorrupt"/>;
    /// <see cref="GrapCondition.ScratchFull"/>; <see cref="GrapCondition.TargetExists"/>.</exception>
    public void Run(
        Func<PhysicalFileKind, string> folderOf, Action<BlockEntry>? written, CancellationToken cancellation)
    {
        foreach (var kind in files.Files.Select(static file => file.Kind).Distinct())
            Directory.CreateDirectory(folderOf(kind));
        RequireSpace(folderOf(files.Files[0].Kind));
        for (var number = 0; number < files.Files.Count; number++)
        {
            var file = files.Files[number];
            Write(number, Path.Combine(folderOf(file.Kind), file.Name), written, cancellation);
        }
    }

    /// <summary>Does it as a step of something longer, beside the calling thread.</summary>
    public static Task RunStepAsync(
        ArchiveReader archive, PhysicalFiles files, Func<PhysicalFileKind, string> folderOf, RecoveryStep step,
        CancellationToken cancellation) =>
        step("Unpack", progress => Task.Run(() =>
        {
            var done = 0L;
            new Unpacking(archive, files).Run(folderOf, piece => progress.Report(
                (double)Interlocked.Add(ref done, piece.RawLength) / files.TotalBytes), cancellation);
        }, cancellation));

    private void Write(int number, string path, Action<BlockEntry>? written, CancellationToken cancellation)
    {
        try
        {
            using var target = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            RandomAccess.SetLength(target, files.Files[number].Length);
            archive.ReadBlocks(files.PiecesOf(number), (piece, content, _) =>
            {
                RandomAccess.Write(target, content.Written, PhysicalFiles.Offset(piece));
                written?.Invoke(piece);
            }, cancellation);
        }
        catch (Exception failure) when (StorageFault.IsStorage(failure))
        {
            throw Explain(failure, path);
        }
    }

    private void RequireSpace(string folder)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (files.TotalBytes > free)
        {
            throw Full(folder, string.Create(CultureInfo.InvariantCulture,
                $"it needs {files.TotalBytes / 1048576.0:N0} MiB, and {free / 1048576.0:N0} MiB are free"));
        }
    }

    private static GrapException Explain(Exception failure, string path)
    {
        if (StorageFault.IsFull(failure))
            return Full(path, "the disk became full", failure);
        if (StorageFault.IsNameTaken(failure))
        {
            return new GrapException(GrapCondition.TargetExists, $"'{path}' exists already.",
                "Name a folder that is empty or not there yet.", path, failure);
        }
        return StorageFault.From(failure, path);
    }

    private static GrapException Full(string path, string why, Exception? inner = null) => new(
        GrapCondition.ScratchFull, $"There is no room to unpack the backup to '{path}': {why}.",
        "Free space on that disk. Scratch servers live in the user's local application data "
        + "(XDG_DATA_HOME on Linux).", path, inner);
}
