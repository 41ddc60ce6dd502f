using System.Text;

namespace Grap.Metrics;

/// <summary>Puts metrics where the node exporter reads them: in one step, so that it never sees half of them, and
/// readable for it, whoever it runs as.</summary>
public static class MetricFile
{
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Replaces the file. Throws <see cref="GrapException"/> with MetricFileFailed.</summary>
    /// <param name="path">An absolute path; the folder must be there.</param>
    /// <param name="text">The metrics.</param>
    public static void Write(string path, string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // The exporter reads *.prom only, so not this one.
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            File.WriteAllText(temporary, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(temporary, Mode);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            throw new GrapException(GrapCondition.MetricFileFailed,
                $"The metrics cannot be written to '{path}': {failure.Message}",
                "Check that the folder is there, that this account may write to it, and that its disk has space.",
                path, failure);
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What kept it from being written is what the caller must hear.
        }
    }
}
