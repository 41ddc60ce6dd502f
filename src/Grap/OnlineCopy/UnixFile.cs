using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Grap.OnlineCopy;

/// <summary>Tells files from what only has the name of one on Linux and macOS, which .NET cannot without waiting for
/// somebody at a pipe's other end.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixFile
{
    private const int End = 2;

    // Numbers of <errno.h> and <fcntl.h>. ENXIO: sockets are not opened.
    private const int NoSuchDevice = 6;
    private const int NotSupported = 102; // what macOS says of them
    private static readonly int s_readAtOnce = OperatingSystem.IsMacOS() ? 0x1000004 : 0x80800;

    /// <summary>Whether the path leads to a pipe or a socket; false for what cannot be opened.</summary>
    public static bool IsPipeOrSocket(string path)
    {
        var descriptor = Open(path, s_readAtOnce);
        if (descriptor < 0)
            return Marshal.GetLastPInvokeError() is NoSuchDevice || (OperatingSystem.IsMacOS()
                && Marshal.GetLastPInvokeError() is NotSupported);
        var hasPlaces = Seek(descriptor, 0, End) >= 0;
        _ = Close(descriptor);
        return !hasPlaces;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial long Seek(int descriptor, long offset, int from);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
