using Grap.Archives;
using Grap.Backups;
using Grap.Servers.Installations;

namespace Grap.Verification;

/// <summary>What restoring a backup showed.</summary>
/// <param name="Problems">What does not hold; empty for a sound backup.</param>
/// <param name="Content">What was found in it; null where it could not be read.</param>
/// <param name="Report">The file that keeps the consistency check's report, if it found something.</param>
internal sealed record RestoreProof(
    IReadOnlyList<string> Problems, RestoredContent? Content = null, string? Report = null);

/// <summary>The backup can be restored, and what comes out is what it says. How that is shown depends on how the backup
/// was taken.</summary>
internal static class RestoreCheck
{
    /// <summary>Restores the backup into a scratch server and looks at it.</summary>
    /// <exception cref="GrapException">It could not be tried (see <see cref="Verifier"/>), or is damaged.</exception>
    public static Task<RestoreProof> RunAsync(
        ArchiveReader archive, Backup backup, ScratchOptions scratch, VerificationRun run) =>
        archive.Manifest.Method == BackupMethod.Bolt
            ? LogicalRestoreCheck.RunAsync(archive, scratch, run)
            : PhysicalRestoreCheck.RunAsync(archive, backup, scratch, run);
}
