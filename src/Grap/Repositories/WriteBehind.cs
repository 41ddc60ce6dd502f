using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Grap.Repositories;

/// <summary>Lets Linux write to the disk what has been appended so far, without waiting for it. By itself it would keep up
/// to a tenth of the memory until the sync at the end, and the disk would stand idle until then: 2.54 instead of 2.41 s for a
/// copy of 794 MB.</summary>
[SupportedOSPlatform("linux")]
internal static partial class WriteBehind
{
    // SYNC_FILE_RANGE_WRITE of <fcntl.h>.
    private const uint Write = 2;

    /// <summary>A hint: what fails here fails, and is told, where the file is synced.</summary>
    public static void Begin(SafeFileHandle file, long offset, long length) =>
        _ = SyncFileRange(file, offset, length, Write);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long length, uint flags);
}
