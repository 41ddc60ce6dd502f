using System.Text;

namespace Grap.Configuration;

/// <summary>What settings are read from, besides a command's parameters.</summary>
/// <param name="Folder">The folder in which <c>.env</c> is looked for, and against which a relative
/// <c>GRAP_ENV_FILE</c> is resolved; null where there is none (a PowerShell location outside the file system).</param>
/// <param name="Variable">An environment variable's value, or null.</param>
/// <param name="ReadFile">A file's text, or null where there is no such file; throws where it cannot be read.</param>
public sealed record SettingSurroundings(
    string? Folder, Func<string, string?> Variable, Func<string, string?> ReadFile)
{
    /// <summary>The process's own environment, and the real files.</summary>
    public static SettingSurroundings OfProcess(string? folder) =>
        new(folder, Environment.GetEnvironmentVariable, ReadUtf8);

    private static string? ReadUtf8(string path) =>
        File.Exists(path) ? StrictUtf8.GetString(File.ReadAllBytes(path)) : null;

    // A file in another encoding is refused: a password read wrongly would be reported as a wrong password.
    private static UTF8Encoding StrictUtf8 => new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
