using Grap.Archives;
using Grap.Backups;
using Grap.Repositories;
using Grap.Servers.Installations;

namespace Grap.OnlineCopy;

/// <summary>Writes backups as Neo4j's own <c>.dump</c>, which <c>neo4j-admin database load</c> of the server's version
/// loads.</summary>
/// <param name="scratch">Where scratch servers come from.</param>
public sealed class DumpExport(ScratchOptions scratch)
{
    /// <summary>Writes one backup to a file. A physical backup is recovered in a scratch server first, so that the dump
    /// needs no recovery. The file appears under its name when it is complete and on the disk.</summary>
    /// <param name="repository">Where the backup is.</param>
    /// <param name="id">The backup.</param>
    /// <param name="path">The file; a folder that exists gets <c>&lt;id&gt;.dump</c>.</param>
    /// <param name="overwrite">Whether a file that exists is replaced.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Stops at once and leaves nothing behind.</param>
    /// <returns>The file's absolute path.</returns>
    /// <exception cref="GrapException"><see cref="GrapCondition.TargetExists"/>;
    /// <see cref="GrapCondition.NotSupported"/>: a logical backup; and what
    /// <see cref="RecoveredDatabase.RecoverAsync"/> throws.</exception>
    public async Task<string> WriteAsync(
        FolderRepository repository, string id, string path, bool overwrite, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(repository);
        using var archive = repository.OpenArchive(id);
        if (archive.Manifest.Method == BackupMethod.Bolt)
        {
            throw new GrapException(GrapCondition.NotSupported,
                $"Backup '{id}' is a logical one, which cannot be written as a dump yet.",
                "Take a physical one with New-GrapBackup -Method HotCopy or Dump.", id);
        }
        var target = Target(path, id);
        RefuseExisting(target, overwrite);
        var temporary = TemporaryFolder(target);
        try
        {
            var steps = new RecoverySteps(progress, $"Exporting {id}");
            await WriteAsync(archive, temporary, steps.RunAsync, cancellation).ConfigureAwait(false);
            var dump = Path.Combine(temporary, PhysicalFiles.Of(archive).Database + PhysicalFiles.DumpEnd);
            Publish(dump, target, overwrite, new DiskFileSystem());
            return target;
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private async Task WriteAsync(
        ArchiveReader archive, string folder, RecoveryStep step, CancellationToken cancellation)
    {
        if (archive.Manifest.Method == BackupMethod.Dump)
        {
            await Unpacking.RunStepAsync(archive, PhysicalFiles.Of(archive), _ => folder, step, cancellation)
                .ConfigureAwait(false);
            return;
        }
        var database = await RecoveredDatabase.RecoverAsync(archive, scratch, step, cancellation)
            .ConfigureAwait(false);
        await using var _ = database.ConfigureAwait(false);
        await database.StopAsync(cancellation).ConfigureAwait(false);
        await database.DumpAsync(folder, cancellation).ConfigureAwait(false);
    }

    private static string Target(string path, string id) => Path.GetFullPath(
        Directory.Exists(path) ? Path.Combine(path, id + PhysicalFiles.DumpEnd) : path);

    private static void RefuseExisting(string target, bool overwrite)
    {
        if (!overwrite && File.Exists(target))
        {
            throw new GrapException(GrapCondition.TargetExists, $"'{target}' exists already.",
                "Name another file, or use -Force to replace this one.", target);
        }
    }

    // Beside the target, so that putting it in place is a rename; what neo4j-admin writes has a name of its own.
    private static string TemporaryFolder(string target)
    {
        var parent = Path.GetDirectoryName(target)!;
        try
        {
            return Directory.CreateDirectory(
                Path.Combine(parent, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.partial")).FullName;
        }
        catch (Exception failure) when (StorageFault.IsStorage(failure))
        {
            throw StorageFault.From(failure, parent);
        }
    }

    /// <summary>Gives a complete dump its name; both are on the disk when this returns.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.TargetExists"/>, and what a disk may refuse.</exception>
    internal static void Publish(string dump, string target, bool overwrite, IFileSystem files)
    {
        try
        {
            using (var file = files.OpenAppend(dump) ?? throw new FileNotFoundException(null, dump))
                file.Sync();
            File.Move(dump, target, overwrite);
            // Whoever was told that it is exported may remove the backup now.
            files.SyncFolder(Path.GetDirectoryName(target)!);
        }
        catch (Exception failure) when (StorageFault.IsStorage(failure))
        {
            RefuseExisting(target, overwrite);
            throw StorageFault.From(failure, target);
        }
    }
}
