using System.IO.Enumeration;

namespace Grap.Repositories;

/// <summary>
/// The real files. This is the one place where systems differ: on Linux and macOS files and folders are made for their
/// owner only (modes 0600 and 0700) and folders are synced; on Windows the folder's access list is inherited, and NTFS
/// journals names by itself.
/// </summary>
public sealed class DiskFileSystem : IFileSystem
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>Others may read, append, rename and delete an open file on every system, as POSIX has it; who may do so
    /// is decided by Grap's own locks, which also hold between machines.</summary>
    private const FileShare Sharing = FileShare.ReadWrite | FileShare.Delete;

    /// <inheritdoc/>
    public IWritableFile? CreateNew(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = Sharing, BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        try
        {
            return new DiskFile(new FileStream(path, options));
        }
        catch (IOException error) when (StorageFault.IsNameTaken(error))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public IReadableFile? OpenRead(string path) => Open(path, FileAccess.Read);

    /// <inheritdoc/>
    public IWritableFile? OpenAppend(string path) => Open(path, FileAccess.ReadWrite);

    /// <inheritdoc/>
    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    /// <inheritdoc/>
    public bool Delete(string path)
    {
        var existed = File.Exists(path);
        File.Delete(path);
        return existed;
    }

    /// <inheritdoc/>
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public IReadOnlyList<FolderItem>? List(string folder)
    {
        var options = new EnumerationOptions
        {
            AttributesToSkip = FileAttributes.None,
            IgnoreInaccessible = false,
            ReturnSpecialDirectories = false,
        };
        try
        {
            return new FileSystemEnumerable<FolderItem>(folder, static (ref FileSystemEntry entry) => entry.IsDirectory
                ? new FolderItem(entry.FileName.ToString(), true, 0, default)
                : new FolderItem(entry.FileName.ToString(), false, entry.Length, entry.LastWriteTimeUtc),
                options).ToList();
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void SyncFolder(string folder)
    {
        if (!OperatingSystem.IsWindows())
            UnixFolder.Sync(folder);
    }

    /// <inheritdoc/>
    public string? CreateFolder(string folder)
    {
        if (Directory.Exists(folder))
            return null;
        var above = Path.GetDirectoryName(folder);
        var topmost = string.IsNullOrEmpty(above) ? null : CreateFolder(above);
        // One by one: .NET gives the mode to the last of several new folders only.
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerFolder);
        return topmost ?? folder;
    }

    /// <inheritdoc/>
    public long FreeSpace(string folder) => new DriveInfo(folder).AvailableFreeSpace;

    private static DiskFile? Open(string path, FileAccess access)
    {
        try
        {
            return new DiskFile(new FileStream(path, FileMode.Open, access, Sharing, bufferSize: 0));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
