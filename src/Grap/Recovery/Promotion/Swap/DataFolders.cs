using Grap.Repositories;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>The real folders. On Windows a copy inherits the access list of the folder that it is in.</summary>
internal sealed class DataFolders : IDataFolders
{
    // The owner's, the group's and everybody's right to enter a folder, which a file has no use for.
    private const UnixFileMode Enter =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const UnixFileMode Rights = (UnixFileMode)0b_111_111_111;

    // A server makes it when it starts.
    private const string PassingFile = "database_lock";

    public bool Exists(string folder) => Directory.Exists(folder);

    public void Rename(string from, string to) => Directory.Move(from, to);

    public void SyncNames(string folder)
    {
        if (!OperatingSystem.IsWindows())
            UnixFolder.Sync(folder);
    }

    public void Create(string folder)
    {
        var above = Path.GetDirectoryName(folder)!;
        Directory.CreateDirectory(folder);
        MakeFolderLike(folder, above);
    }

    public void Copy(string from, string to, string like, Action<long> copied, CancellationToken cancellation)
    {
        Directory.CreateDirectory(to);
        foreach (var item in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            cancellation.ThrowIfCancellationRequested();
            var target = Path.Combine(to, item.Name);
            if (item.LinkTarget is not null)
                throw new IOException($"'{item.FullName}' is a link, and not a file of a server.");
            if (item is DirectoryInfo)
                Copy(item.FullName, target, like, copied, cancellation);
            else if (item.Name != PassingFile)
                copied(CopyFile((FileInfo)item, target, like));
        }
        MakeFolderLike(to, like);
        SyncNames(to);
    }

    public void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static long CopyFile(FileInfo file, string target, string like)
    {
        var length = file.Length;
        file.CopyTo(target);
        if (!OperatingSystem.IsWindows())
        {
            // In this order: taking a file from its owner ends what the mode allowed.
            UnixOwner.Of(like).Give(target);
            File.SetUnixFileMode(target, File.GetUnixFileMode(like) & Rights & ~Enter);
        }
        using var copy = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.Read);
        copy.Flush(flushToDisk: true);
        return copy.Length == length
            ? length
            : throw new IOException($"'{target}' has {copy.Length} bytes, and '{file.FullName}' has {length}.");
    }

    private static void MakeFolderLike(string folder, string like)
    {
        if (OperatingSystem.IsWindows())
            return;
        UnixOwner.Of(like).Give(folder);
        File.SetUnixFileMode(folder, File.GetUnixFileMode(like));
    }
}
