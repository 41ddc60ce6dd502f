namespace Grap.PowerShell.Schedules;

/// <summary>Finds the PowerShell that a schedule is to run.</summary>
internal static class PowerShellProgram
{
    private static readonly string s_name = OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh";

    /// <summary>The absolute path: of the one given, of this process, or of the first on the PATH. Throws
    /// <see cref="GrapException"/> with SettingInvalid.</summary>
    public static string Find(string? given)
    {
        if (given is not null)
            return File.Exists(given) ? given : throw NotFound($"There is no file '{given}'.");
        if (Environment.ProcessPath is { } own && Path.GetFileName(own) == s_name)
            return own;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Select(static folder => Path.Combine(folder, s_name))
            .FirstOrDefault(static path => Path.IsPathFullyQualified(path) && File.Exists(path))
            ?? throw NotFound($"There is no {s_name} on the PATH.");
    }

    private static GrapException NotFound(string what) => new(GrapCondition.SettingInvalid, what,
        "Give the path of PowerShell 7.4 or later with -PowerShellPath.");
}
