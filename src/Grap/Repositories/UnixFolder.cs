using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Grap.Repositories;

/// <summary>Syncs a folder on Linux and macOS. .NET opens no folders, so that this one thing asks the system
/// itself.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixFolder
{
    // Numbers of <errno.h>. EINVAL means that this file system cannot sync folders (some network shares).
    private const int InvalidArgument = 22;
    private const int Interrupted = 4;

    public static void Sync(string folder)
    {
        var descriptor = UnixDescriptor.Open(folder, waits: true);
        if (descriptor < 0)
            throw Failure("opened", folder);
        try
        {
            while (UnixDescriptor.Sync(descriptor) != 0)
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
            _ = UnixDescriptor.Close(descriptor);
        }
    }

    private static IOException Failure(string what, string folder)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"Folder '{folder}' cannot be {what}: {Marshal.GetPInvokeErrorMessage(error)}.", error);
    }
}
