using System.Text;

namespace Grap;

/// <summary>A text that others read while it is replaced: they see the old one or the new one, never a part.</summary>
public static class OutputFile
{
    /// <summary>Replaces a file, or makes it. What fails leaves the old file, and nothing beside it.</summary>
    /// <param name="path">An absolute path; the folder must be there.</param>
    /// <param name="text">The text, to be written as UTF-8 without a byte order mark.</param>
    /// <param name="mode">Who may read it, where the system knows modes; null for what is usual.</param>
    /// <param name="refused">Makes the exception to throw of why it could not be written.</param>
    public static void Write(string path, string text, UnixFileMode? mode, Func<Exception, GrapException> refused)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(refused);
        // The end of the name is one that nobody looks for: the node exporter takes up every *.prom.
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllText(temporary, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            if (mode is { } known && !OperatingSystem.IsWindows())
                File.SetUnixFileMode(temporary, known);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (IsRefusal(failure))
        {
            Remove(temporary);
            throw refused(failure);
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception failure) when (IsRefusal(failure))
        {
            // What kept it from being written is what the caller must hear.
        }
    }

    private static bool IsRefusal(Exception failure) => failure is IOException or UnauthorizedAccessException;
}
