namespace Grap.OnlineCopy;

/// <summary>Makes the exceptions of the online copy; every message names the file or folder.</summary>
internal static class CopyFault
{
    /// <summary>The folder or a file in it cannot be found or read.</summary>
    public static GrapException Unavailable(string path, string what, Exception? inner = null) => new(
        GrapCondition.DataFolderUnavailable, what,
        "Name the server's data folder with -DataPath or NEO4J_DATA and let this user read it, "
        + "or use -Method Bolt, which needs no files.",
        path, inner);

    /// <summary>The folder is not that of the connected server.</summary>
    public static GrapException Mismatch(string path, string what) => new(
        GrapCondition.DataFolderMismatch, $"'{path}' is not the folder of the connected database: {what}",
        "Name the data folder of this very server with -DataPath or NEO4J_DATA, or use -Method Bolt.", path);

    /// <summary>The files changed in a way that leaves no consistent copy.</summary>
    public static GrapException Failed(string path, string what, string? action = null, Exception? inner = null) => new(
        GrapCondition.CopyFailed, what, action ?? "Look into the server's log, then try again, or use -Method Bolt.",
        path, inner);

    /// <summary>A layout that this version does not know.</summary>
    public static GrapException Unknown(string file, string what) => new(
        GrapCondition.NotSupported, $"'{file}' has a layout that this version of Grap does not know: {what}",
        "Update Grap, or use -Method Bolt, which works with every server.", file);

    /// <summary>Whether <paramref name="error"/> is what the system says of a file that cannot be read.</summary>
    public static bool IsOfFiles(Exception error) => error is IOException or UnauthorizedAccessException;
}
