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
            ? [FromPath(database, path, told)]
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

    private static DataFolderCandidate FromPath(string database, string path, ServerDirectories? told)
    {
        var data = Path.GetFullPath(path);
        // The logs may be elsewhere, and then only the server knows where.
        var sameAsTold = told is not null && Path.TrimEndingDirectorySeparator(data)
            == Path.TrimEndingDirectorySeparator(told.Data);
        return new DataFolderCandidate(
            new DatabaseFiles(database, data, sameAsTold ? told!.LogRoot : null), "the data folder given");
    }

    private DataFolderCandidate? FromConfiguration(string database)
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
        catch (FileNotFoundException)
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
        return directories is null
            ? null
            : new DataFolderCandidate(new DatabaseFiles(database, directories.Data, directories.LogRoot), file);
    }

    private static DataFolderCandidate? FromServer(string database, ServerDirectories? told) => told is null
        ? null
        : new DataFolderCandidate(new DatabaseFiles(database, told.Data, told.LogRoot), "what the server says");
}
