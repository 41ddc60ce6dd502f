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
    public static void Write(string path, string text) => OutputFile.Write(path, text, Mode, failure => new GrapException(
        GrapCondition.MetricFileFailed,
        $"The metrics cannot be written to '{path}': {failure.Message}",
        "Check that the folder is there, that this account may write to it, and that its disk has space.",
        path, failure));
}
