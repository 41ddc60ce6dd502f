using Grap.Repositories;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>The real folders. On Windows a copy inherits the access list of the folder that it is in.</summary>
/// <param name="disk">What syncs them; null for the real disk.</param>
internal sealed class DataFolders(IFileSystem? disk = null) : IDataFolders
{
    // A server makes it when it starts.
    private const string PassingFile = "database_lock";

    private readonly IFileSystem _disk = disk ?? new DiskFileSystem();

    public bool Exists(string folder) => Directory.Exists(folder);

    public void Rename(string from, string to) => Directory.Move(from, to);

    public void SyncNames(string folder) => _disk.SyncFolder(folder);

    public void Create(string folder)
    {
        var likeness = Likeness.Of(Path.GetDirectoryName(folder)!);
        Directory.CreateDirectory(folder);
        likeness?.GiveToFolder(folder);
    }

    public void Copy(string from, string to, string like, Action<long> copied, CancellationToken cancellation) =>
        Copy(from, to, Likeness.Of(like), copied, cancellation);

    public void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private void Copy(
        string from, string to, Likeness? likeness, Action<long> copied, CancellationToken cancellation)
    {
        Directory.CreateDirectory(to);
        foreach (var item in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            cancellation.ThrowIfCancellationRequested();
            var target = Path.Combine(to, item.Name);
            if (item.LinkTarget is not null)
                throw new IOException($"'{item.FullName}' is a link, and not a file of a server.");
            if (item is DirectoryInfo)
                Copy(item.FullName, target, likeness, copied, cancellation);
            else if (item.Name != PassingFile)
                copied(CopyFile((FileInfo)item, target, likeness));
        }
        likeness?.GiveToFolder(to);
        SyncNames(to);
    }

    private long CopyFile(FileInfo file, string target, Likeness? likeness)
    {
        var length = file.Length;
        file.CopyTo(target);
        using var copy = _disk.OpenAppend(target) ?? throw new FileNotFoundException(null, target);
        likeness?.GiveToFile(target);
        copy.Sync();
        return copy.Length == length
            ? length
            : throw new IOException($"'{target}' has {copy.Length} bytes, and '{file.FullName}' has {length}.");
    }

    /// <summary>Owner and mode of a folder.</summary>
    private sealed record Likeness(UnixOwner Owner, UnixFileMode Mode)
    {
        private const UnixFileMode Rights = (UnixFileMode)0b_111_111_111;

        // The right to enter a folder, which a file has no use for.
        private const UnixFileMode Enter =
            UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

        /// <summary>Null on Windows.</summary>
        public static Likeness? Of(string folder) => OperatingSystem.IsWindows()
            ? null
            : new Likeness(UnixOwner.Of(folder), File.GetUnixFileMode(folder));

        public void GiveToFolder(string folder) => Give(folder, Mode);

        public void GiveToFile(string file) => Give(file, Mode & Rights & ~Enter);

        // In this order: what is given to another owner loses a part of its mode.
        private void Give(string path, UnixFileMode mode)
        {
            if (OperatingSystem.IsWindows())
                return;
            Owner.Give(path);
            File.SetUnixFileMode(path, mode);
        }
    }
}
