namespace Grap.Repositories;

/// <summary>Turns what a file system throws into Grap's conditions, with the path and what to do. The system's error
/// numbers are known here only.</summary>
internal static class StorageFault
{
    // ENOSPC; EDQUOT on Linux and on macOS; ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL, ERROR_DISK_QUOTA_EXCEEDED as
    // HRESULT.
    private static readonly int[] FullUnix = [28, OperatingSystem.IsMacOS() ? 69 : 122];
    private static readonly int[] FullWindows =
        [unchecked((int)0x80070070), unchecked((int)0x80070027), unchecked((int)0x8007050F)];
    // EROFS; ERROR_WRITE_PROTECT.
    private static readonly int[] ReadOnly = [30, unchecked((int)0x80070013)];

    // EEXIST; ERROR_FILE_EXISTS, ERROR_ALREADY_EXISTS.
    private static readonly int[] NameTaken = [17, unchecked((int)0x80070050), unchecked((int)0x800700B7)];

    /// <summary>Whether a disk or a quota is full.</summary>
    public static bool IsFull(Exception error) =>
        Array.IndexOf(FullUnix, error.HResult) >= 0 || Array.IndexOf(FullWindows, error.HResult) >= 0;

    /// <summary>Whether a new file's name is taken. Asking afterwards whether the file exists would not do: it may be
    /// gone again.</summary>
    public static bool IsNameTaken(Exception error) => Array.IndexOf(NameTaken, error.HResult) >= 0;

    /// <summary>Whether <paramref name="error"/> is one that a file system throws.</summary>
    public static bool IsStorage(Exception error) => error is IOException or UnauthorizedAccessException;

    /// <summary>The exception that users see for <paramref name="error"/>.</summary>
    public static GrapException From(Exception error, string path)
    {
        if (IsFull(error))
            return new GrapException(GrapCondition.RepositoryFull,
                $"No space is left to write '{path}'. Nothing was published.",
                "Free space on that disk, or remove backups that are no longer needed, and run the command again.",
                path, error);
        if (error is UnauthorizedAccessException)
            return new GrapException(GrapCondition.RepositoryUnavailable,
                $"Access to '{path}' is denied: {error.Message}",
                "Give the account that runs Grap read and write access to the repository, "
                + "or run as the account that owns it.",
                path, error);
        if (Array.IndexOf(ReadOnly, error.HResult) >= 0)
            return new GrapException(GrapCondition.RepositoryUnavailable, $"'{path}' is on a read-only file system.",
                "Mount the repository writable, or name another one with -Repository.", path, error);
        return new GrapException(GrapCondition.RepositoryFailed, $"Reading or writing '{path}' failed: {error.Message}",
            "Check the disk and the connection to it (system log, free space, permissions), "
            + "then run the command again.", path, error);
    }
}
