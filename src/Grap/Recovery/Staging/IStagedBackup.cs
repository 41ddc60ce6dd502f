using Grap.Archives;
using Grap.Backups;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Verification;

namespace Grap.Recovery.Staging;

/// <summary>A backup restored into staging, with its server running. When it is disposed the server is stopped in
/// peace; its folder stays.</summary>
internal interface IStagedBackup : IAsyncDisposable
{
    /// <summary>The restored database.</summary>
    Session Session { get; }

    /// <summary>Looks at everything that is to be as the backup says. The session may be closed afterwards.</summary>
    Task<StagedCheck> CheckAsync(VerificationRun run);
}

/// <summary>Restores backups into staging.</summary>
internal static class StagedBackup
{
    /// <summary>Restores one of whatever method into a server in <paramref name="folder"/>.</summary>
    public static async Task<IStagedBackup> RestoreAsync(
        ArchiveReader archive, Backup backup, string folder, ScratchOptions scratch, VerificationRun run)
    {
        var staging = scratch with { ParentFolder = folder };
        return archive.Manifest.Method == BackupMethod.Bolt
            ? await StagedGraph.RestoreAsync(archive, staging, run).ConfigureAwait(false)
            : await StagedDatabase.RestoreAsync(archive, backup, staging, scratch, run).ConfigureAwait(false);
    }
}
