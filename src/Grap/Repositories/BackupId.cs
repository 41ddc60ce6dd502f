namespace Grap.Repositories;

/// <summary>What may name a backup: the same on every system, and nothing that a path could be made of.</summary>
public static class BackupId
{
    /// <summary>Longest id. With <c>.grap.sha256</c> and a temporary name's ends it stays under every file system's
    /// 255.</summary>
    public const int MaxLength = 100;

    /// <summary>Whether <paramref name="id"/> can be an id: 1 to 100 of <c>A-Z a-z 0-9 . _ -</c>, beginning with none
    /// of <c>. -</c>, not ending with a dot, and no device name of Windows (with any extension).</summary>
    public static bool IsValid(string? id) =>
        PortableName.IsValid(id, MaxLength)
        // Its summary would be the repository's own identity file.
        && !string.Equals(id, "grap-repository", StringComparison.OrdinalIgnoreCase);

    /// <summary>Throws BackupIdInvalid unless <paramref name="id"/> can be an id.</summary>
    public static void Check(string? id)
    {
        if (!IsValid(id))
            throw new GrapException(GrapCondition.BackupIdInvalid, $"'{id}' cannot be the id of a backup.",
                $"Use 1 to {MaxLength} letters (A-Z, a-z), digits, '.', '_' and '-'; begin with a letter, a digit "
                + "or '_', do not end with '.', and avoid device names such as CON or NUL.", id);
    }
}
