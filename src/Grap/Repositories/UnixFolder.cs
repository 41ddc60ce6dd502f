using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Grap.Repositories;

/// <summary>Syncs a folder on Linux and macOS. .NET opens no folders, so that this one thing asks the system
/// itself.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixFolder
{
    private const int ReadOnly = 0;
    // Numbers of <errno.h> and <fcntl.h>. EINVAL means that this file system cannot sync folders (some network shares).
    private const int InvalidArgument = 22;
    private const int Interrupted = 4;
    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    public static void Sync(string folder)
    {
        var descriptor = Open(folder, ReadOnly | CloseOnExec);
        if (descriptor < 0)
            throw Failure("opened", folder);
        try
        {
            while (FSync(descriptor) != 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error == InvalidArgument)
                    return;
                if (error != Interrupted)
                    throw Failure("synced", folder);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Failure(string what, string folder)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"Folder '{folder}' cannot be {what}: {Marshal.GetPInvokeErrorMessage(error)}.", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
