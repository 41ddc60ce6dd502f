using System.Globalization;
using Grap.Repositories;

namespace Grap.OnlineCopy;

/// <summary>A numbered file of a database's transaction folder.</summary>
/// <param name="Version">The number at the end of its name.</param>
/// <param name="Name">Its name.</param>
internal sealed record NumberedFile(long Version, string Name);

/// <summary>A transaction log at one time.</summary>
/// <param name="Version">The number at the end of its name.</param>
/// <param name="Length">Its bytes, those reserved for what is still to come included.</param>
/// <param name="WrittenAt">When it was written last, by the clock of its disk.</param>
internal sealed record LogState(long Version, long Length, DateTime WrittenAt);

/// <summary>The two folders of one database in a server's data folder, and the files in them that count.</summary>
internal sealed class DatabaseFiles
{
    private const string LogPrefix = "neostore.transaction.db.";
    private const string CheckpointPrefix = "checkpoint.";
    private const string StorePrefix = "neostore";

    // B+trees, which the log does not cover: Neo4j makes each of them again where it is missing.
    private static readonly string[] s_treeEnds = [".id", "counts.db", "degrees.db", "indexstats.db"];

    // What belongs to the running server alone.
    private static readonly string[] s_passing = ["database_lock", "id-buffer"];

    private readonly IFileSystem _disk;

    /// <summary>Names the folders of a database.</summary>
    /// <param name="database">The database's name, as the server tells it.</param>
    /// <param name="dataFolder">The folder that holds <c>databases</c>.</param>
    /// <param name="logRoot">The folder of all databases' logs; null for <c>transactions</c> in the data
    /// folder.</param>
    /// <param name="disk">Lists the folders and opens what is in them; null for the disk.</param>
    public DatabaseFiles(string database, string dataFolder, string? logRoot = null, IFileSystem? disk = null)
    {
        if (database.Length == 0 || database[0] == '.' || database.AsSpan().ContainsAny("/\\:\0"))
            throw CopyFault.Unavailable(dataFolder, $"A database of the name '{database}' has no folder.");
        _disk = disk ?? new DiskFileSystem();
        Database = database;
        DataFolder = dataFolder;
        LogRoot = logRoot ?? Path.Combine(dataFolder, ServerDirectories.Logs);
        StoreFolder = Path.Combine(dataFolder, "databases", database);
        LogFolder = Path.Combine(LogRoot, database);
    }

    /// <summary>The database's name.</summary>
    public string Database { get; }

    /// <summary>The server's data folder.</summary>
    public string DataFolder { get; }

    /// <summary>The folder of all databases' logs.</summary>
    public string LogRoot { get; }

    /// <summary>The folder of the record stores.</summary>
    public string StoreFolder { get; }

    /// <summary>The folder of transaction logs and checkpoint files.</summary>
    public string LogFolder { get; }

    /// <summary>The number of a transaction log by its name; null for what is none.</summary>
    public static long? LogVersion(string name) => Version(name, LogPrefix);

    /// <summary>Whether this is the name of a checkpoint file.</summary>
    public static bool IsCheckpointFile(string name) => Version(name, CheckpointPrefix) is not null;

    /// <summary>The transaction logs, oldest first.</summary>
    public IReadOnlyList<NumberedFile> Logs() => Numbered(LogPrefix);

    /// <summary>The newest transaction log as it is now; null where there is none, or it was deleted at this moment. Windows
    /// tells of writing to a file that is kept open only later.</summary>
    public LogState? NewestLog()
    {
        if (Logs() is not [.., var newest])
            return null;
        var path = Path.Combine(LogFolder, newest.Name);
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? new LogState(newest.Version, file.Length, file.LastWriteTimeUtc) : null;
        }
        catch (Exception error) when (CopyFault.IsOfFiles(error))
        {
            throw CopyFault.Unavailable(path, $"File '{path}' cannot be looked at: {error.Message}", error);
        }
    }

    /// <summary>The checkpoint files, oldest first.</summary>
    public IReadOnlyList<NumberedFile> Checkpoints() => Numbered(CheckpointPrefix);

    /// <summary>The files of the record stores that a copy needs, by name, and the names of those that no record store
    /// of Neo4j has.</summary>
    public (IReadOnlyList<FolderItem> Stores, IReadOnlyList<string> Foreign) Stores()
    {
        var stores = new List<FolderItem>();
        var foreign = new List<string>();
        foreach (var item in List(StoreFolder).Where(static i => !i.IsFolder && !IsLeftOut(i.Name)))
        {
            if (item.Name.StartsWith(StorePrefix, StringComparison.Ordinal))
                stores.Add(item);
            else
                foreign.Add(item.Name);
        }
        stores.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreign.Sort(StringComparer.Ordinal);
        return (stores, foreign);
    }

    /// <summary>Opens a file of the record stores. Null if there is none.</summary>
    public IReadableFile? OpenStore(string name) => Open(StoreFolder, name);

    /// <summary>Opens a transaction log or checkpoint file. Null if there is none; what is open stays readable when it
    /// is deleted.</summary>
    public IReadableFile? OpenLog(string name) => Open(LogFolder, name);

    private static bool IsLeftOut(string name) =>
        Array.Exists(s_treeEnds, end => name.EndsWith(end, StringComparison.Ordinal))
        || Array.Exists(s_passing, start => name.StartsWith(start, StringComparison.Ordinal));

    private List<NumberedFile> Numbered(string prefix) =>
    [
        // A log without a header is none yet, and what is no ordinary file is none ever.
        .. List(LogFolder).Where(static item => !item.IsFolder)
            .Select(item => (Item: item, Version: Version(item.Name, prefix)))
            .Where(file => file.Version is not null && HasBytes(file.Item))
            .Select(static file => new NumberedFile(file.Version!.Value, file.Item.Name))
            .OrderBy(static file => file.Version),
    ];

    // On Windows a folder tells the length of a file that is kept open as it once was.
    private bool HasBytes(FolderItem item) => item.Length > 0 || (OperatingSystem.IsWindows()
        && new FileInfo(Path.Combine(LogFolder, item.Name)) is { Exists: true, Length: > 0 });

    // Written as the server writes it: no sign, no leading zeros, so that two names never mean one number.
    private static long? Version(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && (name.Length == prefix.Length + 1
            || (name.Length > prefix.Length && name[prefix.Length] != '0'))
        && long.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;

    private IReadOnlyList<FolderItem> List(string folder)
    {
        try
        {
            return _disk.List(folder)
                ?? throw CopyFault.Unavailable(folder, $"There is no folder '{folder}', or this user may not see it.");
        }
        catch (Exception error) when (CopyFault.IsOfFiles(error))
        {
            throw CopyFault.Unavailable(folder, $"Folder '{folder}' cannot be read: {error.Message}", error);
        }
    }

    private DataFile? Open(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        try
        {
            // A server makes no links. One would copy what its maker may not read and whoever runs this may.
            var info = new FileInfo(path);
            if (info.LinkTarget is not null)
                throw CopyFault.Unavailable(path, $"'{path}' is a link, and not a file of a server.");
            // A pipe would open only when somebody writes into it.
            if (info is { Exists: true, Length: 0 } && !OperatingSystem.IsWindows() && UnixFile.IsPipeOrSocket(path))
                throw CopyFault.Unavailable(path, $"'{path}' is a pipe or a socket, and not a file of a server.");
            return _disk.OpenRead(path) is { } file ? new DataFile(file, path) : null;
        }
        catch (Exception error) when (CopyFault.IsOfFiles(error))
        {
            throw CopyFault.Unavailable(path, $"File '{path}' cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>A file whose failures say which one it is.</summary>
    private sealed class DataFile(IReadableFile file, string path) : IReadableFile
    {
        public long Length
        {
            get
            {
                try
                {
                    return file.Length;
                }
                catch (Exception error) when (CopyFault.IsOfFiles(error))
                {
                    throw Unreadable(error);
                }
            }
        }

        public int ReadAt(long offset, Span<byte> destination)
        {
            try
            {
                return file.ReadAt(offset, destination);
            }
            catch (Exception error) when (CopyFault.IsOfFiles(error))
            {
                throw Unreadable(error);
            }
        }

        public void Dispose() => file.Dispose();

        private GrapException Unreadable(Exception error) =>
            CopyFault.Unavailable(path, $"File '{path}' cannot be read: {error.Message}", error);
    }
}
