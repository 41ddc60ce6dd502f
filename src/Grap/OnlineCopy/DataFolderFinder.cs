using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Grap.OnlineCopy;

/// <summary>A place where a database's files may be, and who said so.</summary>
internal sealed record DataFolderCandidate(DatabaseFiles Files, string Source);

/// <summary>Names the places where the files of a database may be. Whether they are is proven by
/// <see cref="FolderProof"/>.</summary>
internal sealed class DataFolderFinder(DataFolderHints hints)
{
    /// <summary>The candidates, best first.</summary>
    /// <param name="database">The database's name.</param>
    /// <param name="told">What the server says of its folders; null where it does not.</param>
    /// <param name="local">Whether the server is on this machine, so that its paths mean something here.</param>
    /// <exception cref="GrapException">DataFolderUnavailable: there are none; NotSupported: the server goes around the
    /// system's page cache.</exception>
    public IReadOnlyList<DataFolderCandidate> Find(string database, ServerDirectories? told, bool local)
    {
        if (told?.DirectIo == true)
        {
            throw new GrapException(GrapCondition.NotSupported,
                "The server reads and writes its files past the system's cache "
                + "(server.memory.pagecache.directio); what another process reads of them was never tried.",
                "Use -Method Bolt.", database);
        }
        var candidates = hints.DataPath is { } path
            ? FromPath(database, Path.GetFullPath(path), told)
            : new[] { FromConfiguration(database), local ? FromServer(database, told) : null }
                .OfType<DataFolderCandidate>().ToList();
        return candidates.Count > 0 ? candidates : throw CopyFault.Unavailable(database, told is null
            ? $"It is not known where the server keeps database '{database}': this user may not see its settings."
            : $"The server of database '{database}' is not on this machine, and nothing says where its data folder "
            + "can be reached.");
    }

    /// <summary>Whether <paramref name="host"/> is an address of this machine.</summary>
    public static async Task<bool> IsLocalAsync(string host, CancellationToken cancellation)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
            return Array.TrueForAll(addresses, IPAddress.IsLoopback)
                || addresses.Intersect(NetworkInterface.GetAllNetworkInterfaces()
                    .SelectMany(static one => one.GetIPProperties().UnicastAddresses)
                    .Select(static one => one.Address)).Any();
        }
        catch (Exception error) when (error is SocketException or NetworkInformationException)
        {
            return false;
        }
    }

    /// <summary>The folder that was given, with each place where its logs may be: as the server and the configuration
    /// have them, and in the folder. Those come first that hold a folder of the database.</summary>
    /// <exception cref="GrapException">DataFolderUnavailable: the server has them outside of its data folder, and
    /// nothing says where that is here.</exception>
    private List<DataFolderCandidate> FromPath(string database, string data, ServerDirectories? told)
    {
        string?[] roots =
        [
            LogRootOf(told, data), LogRootOf(ReadConfiguration()?.Directories, data),
            Path.Combine(data, ServerDirectories.Logs), told is { HasLogsInData: false } ? told.LogRoot : null,
        ];
        var candidates = roots.OfType<string>().Distinct()
            .Select(root => new DatabaseFiles(database, data, root))
            .OrderByDescending(static files => Directory.Exists(files.LogFolder))
            .Select(static files => new DataFolderCandidate(files, "the data folder given")).ToList();
        return told is null || told.HasLogsInData || Directory.Exists(candidates[0].Files.LogFolder)
            ? candidates
            : throw new GrapException(GrapCondition.DataFolderUnavailable,
                $"The server keeps its transaction logs in '{told.LogRoot}' ({ServerDirectories.LogSetting}), outside "
                + $"its data folder. Here there is none of: {string.Join(", ", candidates.Select(One))}.",
                "Let this user read them there, or mount them as 'transactions' in the data folder given, or set "
                + "NEO4J_CONF to a folder with a neo4j.conf that names both folders as they are here.", data);

        static string One(DataFolderCandidate candidate) => $"'{candidate.Files.LogFolder}'";
    }

    /// <summary>Where somebody's log root is when its data folder is <paramref name="data"/> here; null where that
    /// cannot be said.</summary>
    private static string? LogRootOf(ServerDirectories? directories, string data) => directories is null ? null
        : Path.TrimEndingDirectorySeparator(directories.Data) == Path.TrimEndingDirectorySeparator(data)
            ? directories.LogRoot
            : directories.HasLogsInData
                ? Path.GetFullPath(Path.GetRelativePath(directories.Data, directories.LogRoot), data)
                : null;

    private DataFolderCandidate? FromConfiguration(string database) => ReadConfiguration() is var (file, directories)
        ? new DataFolderCandidate(new DatabaseFiles(database, directories.Data, directories.LogRoot), file)
        : null;

    private (string File, ServerDirectories Directories)? ReadConfiguration()
    {
        var folder = hints.Configuration ?? (hints.Home is { } home ? Path.Combine(home, "conf") : null);
        if (folder is null)
            return null;
        var file = Path.Combine(Path.GetFullPath(folder), ConfigurationFile.Name);
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception none) when (none is FileNotFoundException
            || (none is DirectoryNotFoundException && hints.Configuration is null && Directory.Exists(hints.Home)))
        {
            // Without one, everything is where it is by default.
            text = "";
        }
        catch (Exception error) when (CopyFault.IsOfFiles(error))
        {
            return null;
        }
        var directories = ServerDirectories.From(
            ConfigurationFile.Parse(text), hints.Home is { } relativeTo ? Path.GetFullPath(relativeTo) : null);
        return directories is null ? null : (file, directories);
    }

    private static DataFolderCandidate? FromServer(string database, ServerDirectories? told) => told is null
        ? null
        : new DataFolderCandidate(new DatabaseFiles(database, told.Data, told.LogRoot), "what the server says");
}
