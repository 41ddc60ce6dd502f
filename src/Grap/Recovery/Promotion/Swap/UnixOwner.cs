using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>Who a folder belongs to on Linux and macOS. .NET tells that in one place, the entry that it writes into a
/// tar archive, and gives a file to nobody else, so that this is asked of the system.</summary>
/// <param name="User">The user's number.</param>
/// <param name="Group">The group's number.</param>
[UnsupportedOSPlatform("windows")]
internal sealed partial record UnixOwner(int User, int Group)
{
    // W_OK and X_OK of <unistd.h>.
    private const int MayWriteAndEnter = 2 | 1;

    /// <summary>The owner of a folder.</summary>
    public static UnixOwner Of(string folder)
    {
        using var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, TarEntryFormat.Gnu, leaveOpen: true))
            writer.WriteEntry(folder, "folder");
        archive.Position = 0;
        using var reader = new TarReader(archive);
        var entry = reader.GetNextEntry()!;
        return new UnixOwner(entry.Uid, entry.Gid);
    }

    /// <summary>Whether this process may make, rename and remove things in a folder.</summary>
    public static bool MayChange(string folder) => Access(folder, MayWriteAndEnter) == 0;

    /// <summary>Whether this process may give files to this owner: it is that user, or root.</summary>
    public bool CanBeGivenTo => Environment.IsPrivilegedProcess || EffectiveUser() == (uint)User;

    /// <summary>Whether this process is this user.</summary>
    public bool IsThisUser => EffectiveUser() == (uint)User;

    /// <summary>Gives a file or folder to this owner.</summary>
    /// <exception cref="UnauthorizedAccessException">This process may not.</exception>
    public void Give(string path)
    {
        if (ChangeOwner(path, (uint)User, (uint)Group) != 0)
        {
            throw new UnauthorizedAccessException(
                $"'{path}' cannot be given to user {User} and group {Group}: "
                + $"{Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
