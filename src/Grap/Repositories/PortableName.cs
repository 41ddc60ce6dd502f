namespace Grap.Repositories;

/// <summary>Names of files that mean the same on every system, and that no path could be made of.</summary>
internal static class PortableName
{
    private static readonly HashSet<string> WindowsDevices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL",
        "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    /// <summary>Whether <paramref name="name"/> has 1 to <paramref name="maxLength"/> of <c>A-Z a-z 0-9 . _ -</c>,
    /// begins with none of <c>. -</c>, does not end with a dot, and is no device of Windows (with any
    /// extension).</summary>
    public static bool IsValid(string? name, int maxLength) =>
        name is { Length: > 0 } && name.Length <= maxLength
        && name[0] is not ('.' or '-') && name[^1] != '.'
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-')
        && !WindowsDevices.Contains(name.Split('.', 2)[0]);
}
