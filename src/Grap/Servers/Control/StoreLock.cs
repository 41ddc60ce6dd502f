using System.Runtime.Versioning;

namespace Grap.Servers.Control;

/// <summary>Neo4j's own locks on its files: a server holds <c>databases/store_lock</c> as long as it lives, and
/// <c>database_lock</c> in the folder of each database that runs.</summary>
internal static class StoreLock
{
    private const string OfDatabase = "database_lock";
    private const string OfServer = "store_lock";

    /// <summary>Whether locks of other processes can be seen here.</summary>
    [UnsupportedOSPlatformGuard("macos")]
    public static bool IsVisible => !OperatingSystem.IsMacOS();

    /// <summary>The lock that a process holds; null for none. On macOS .NET cannot ask: always null.</summary>
    /// <param name="storeFolder">The folder of a database's stores; it need not exist.</param>
    public static string? FindHeld(string storeFolder) => new[]
    {
        Path.Combine(storeFolder, OfDatabase), Path.Combine(Path.GetDirectoryName(storeFolder)!, OfServer),
    }.FirstOrDefault(IsHeld);

    /// <summary>Whether it is seen that no process holds a lock; false where locks cannot be seen.</summary>
    /// <param name="storeFolder">The folder of a database's stores.</param>
    public static bool IsSeenFree(string storeFolder) => IsVisible && FindHeld(storeFolder) is null;

    /// <summary>Takes the server's lock, so that none can start, until what is returned is disposed. Null where that is
    /// not possible: there is no file for it, since no server has run yet, or another process holds it.</summary>
    /// <remarks>Asking <see cref="FindHeld"/> meanwhile lets it go: locks of POSIX end when their process closes the
    /// file.</remarks>
    public static IDisposable? TryHold(string storeFolder)
    {
        var file = Path.Combine(Path.GetDirectoryName(storeFolder)!, OfServer);
        if (!IsVisible || !File.Exists(file))
            return null;
        var stream = Open(file, FileAccess.ReadWrite);
        try
        {
            stream.Lock(0, long.MaxValue);
            return stream;
        }
        catch (IOException)
        {
            stream.Dispose();
            return null;
        }
    }

    private static bool IsHeld(string file)
    {
        if (!IsVisible)
            return false;
        try
        {
            // Whoever may only read asks for a shared lock, which meets the server's as well.
            using var stream = Open(file, FileAccess.Read);
            // Java locks all of a file; one byte is enough to meet it.
            stream.Lock(0, 1);
            return false;
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new GrapException(GrapCondition.DataFolderUnavailable,
                $"This user may not read '{file}', and so cannot tell whether a server runs on it: {denied.Message}",
                "Let this user read it, or run Grap as the user that the server runs as.", file, denied);
        }
    }

    private static FileStream Open(string file, FileAccess access) =>
        new(file, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
}
