namespace Grap.Tests.Integration.Machines;

/// <summary>What a machine of a test is given of this one's files.</summary>
internal static class MachineFolders
{
    /// <summary>The folder of the script host, built as this program is.</summary>
    public static string Host { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Grap.Host", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'))));

    /// <summary>Copies everything in a folder.</summary>
    public static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
