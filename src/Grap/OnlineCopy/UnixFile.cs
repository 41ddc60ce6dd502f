using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Grap.Repositories;

namespace Grap.OnlineCopy;

/// <summary>Tells files from what only has the name of one on Linux and macOS, which .NET cannot without waiting for
/// somebody at a pipe's other end.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixFile
{
    // Numbers of <errno.h>. ENXIO: sockets are not opened.
    private const int NoSuchDevice = 6;
    private const int NotSupported = 102; // what macOS says of them

    /// <summary>Whether the path leads to a pipe or a socket; false for what cannot be opened.</summary>
    public static bool IsPipeOrSocket(string path)
    {
        var descriptor = UnixDescriptor.Open(path, waits: false);
        if (descriptor < 0)
            return Marshal.GetLastPInvokeError() is NoSuchDevice || (OperatingSystem.IsMacOS()
                && Marshal.GetLastPInvokeError() is NotSupported);
        var hasPlaces = UnixDescriptor.HasPlaces(descriptor);
        _ = UnixDescriptor.Close(descriptor);
        return !hasPlaces;
    }
}
