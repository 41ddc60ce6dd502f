namespace Grap.Repositories;

/// <summary>What may name a backup: the same on every system, and nothing that a path could be made of.</summary>
public static class BackupId
{
    /// <summary>Longest id. With <c>.grap.sha256</c> and a temporary name's ends it stays under every file system's
    /// 255.</summary>
    public const int MaxLength = 100;

    private static readonly HashSet<string> WindowsDevices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL",
        "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    /// <summary>Whether <paramref name="id"/> can be an id: 1 to 100 of <c>A-Z a-z 0-9 . _ -</c>, beginning with none
    /// of <c>. -</c>, not ending with a dot, and no device name of Windows (with any extension).</summary>
    public static bool IsValid(string? id) =>
        id is { Length: > 0 and <= MaxLength }
        && id[0] is not ('.' or '-') && id[^1] != '.'
        && id.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-')
        // Its summary would be the repository's own identity file.
        && !id.Equals("grap-repository", StringComparison.OrdinalIgnoreCase)
        && !WindowsDevices.Contains(id.Split('.', 2)[0]);

    /// <summary>Throws BackupIdInvalid unless <paramref name="id"/> can be an id.</summary>
    public static void Check(string? id)
    {
        if (!IsValid(id))
            throw new GrapException(GrapCondition.BackupIdInvalid, $"'{id}' cannot be the id of a backup.",
                $"Use 1 to {MaxLength} letters (A-Z, a-z), digits, '.', '_' and '-'; begin with a letter, a digit "
                + "or '_', do not end with '.', and avoid device names such as CON or NUL.", id);
    }
}
