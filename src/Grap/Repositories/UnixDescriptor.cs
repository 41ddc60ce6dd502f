using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Grap.Repositories;

/// <summary>Descriptors of Linux and macOS, for what .NET opens no file for: folders, and pipes.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixDescriptor
{
    private const int End = 2;

    // Numbers of <fcntl.h>.
    private static readonly int s_closeOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;
    private static readonly int s_nonBlocking = OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    /// <summary>Opens a path to be read. Below 0 it could not be opened, and the last error of P/Invoke says
    /// why.</summary>
    /// <param name="path">What.</param>
    /// <param name="waits">Whether to wait where nobody is at a pipe's other end.</param>
    public static int Open(string path, bool waits) => Open(path, s_closeOnExec | (waits ? 0 : s_nonBlocking));

    /// <summary>Whether it has places that can be gone to, as a file has and a pipe has not.</summary>
    public static bool HasPlaces(int descriptor) => Seek(descriptor, 0, End) >= 0;

    /// <summary>Syncs what is open. Below 0 it failed, as above.</summary>
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(int descriptor);

    /// <summary>Closes it.</summary>
    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "lseek")]
    private static partial long Seek(int descriptor, long offset, int from);
}
