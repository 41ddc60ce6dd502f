using System.Globalization;

namespace Grap.Archives;

/// <summary>Makes the exceptions of the archive; every message says which archive and where in it.</summary>
internal static class ArchiveFault
{
    public static GrapException Corrupt(string archive, string what, Exception? inner = null) =>
        new(GrapCondition.ArchiveCorrupt, $"Archive '{archive}' is damaged: {what}.",
            "Use another backup, or another copy of this file; "
            + "compare it with its .sha256 file to see which copy is sound.",
            archive, inner);

    public static GrapException Corrupt(string archive, long offset, string what) =>
        Corrupt(archive, string.Create(CultureInfo.InvariantCulture, $"at offset {offset}, {what}"));

    public static GrapException TooNew(string archive, string what) =>
        new(GrapCondition.ArchiveTooNew, $"Archive '{archive}' was written by a newer version of Grap: {what}.",
            "Update Grap (Update-PSResource Grap) and try again.", archive);

    public static GrapException NotAnArchive(string archive, string what) =>
        new(GrapCondition.NotAnArchive, $"'{archive}' is not a Grap archive: {what}.",
            "Name a .grap file that New-GrapBackup wrote.", archive);
}
