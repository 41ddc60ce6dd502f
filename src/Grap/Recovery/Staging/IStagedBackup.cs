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

    /// <summary>Starts its server again, to be looked at: it lives on when this is disposed, and when this process
    /// ends. The session is closed.</summary>
    Task KeepRunningAsync(CancellationToken cancellation);
}

/// <summary>Restores backups into staging.</summary>
internal static class StagedBackup
{
    /// <summary>The Neo4j that a backup is restored with: for a logical one the nearest, for a physical one the very
    /// one that wrote it.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.ScratchServerUnavailable"/>.</exception>
    public static Neo4jInstallation FindInstallation(BackupManifest manifest, ScratchOptions scratch)
    {
        var (search, source) = (new InstallationSearch(scratch), manifest.Source);
        return manifest.Method == BackupMethod.Bolt
            ? search.FindNearest(source.ServerVersion, source.Edition)
            : search.Find(source.ServerVersion, source.Edition);
    }

    /// <summary>Restores one of whatever method, or a <paramref name="part"/> of a logical one, into a server in
    /// <paramref name="folder"/>.</summary>
    public static async Task<IStagedBackup> RestoreAsync(
        ArchiveReader archive, Backup backup, RecoveredPart? part, string folder, ScratchOptions scratch,
        VerificationRun run)
    {
        var staging = scratch with { ParentFolder = folder };
        return archive.Manifest.Method == BackupMethod.Bolt
            ? await StagedGraph.RestoreAsync(archive, part, staging, run).ConfigureAwait(false)
            : await StagedDatabase.RestoreAsync(archive, backup, staging, scratch, run).ConfigureAwait(false);
    }

    /// <summary>Goes on with what an interrupted recovery left.</summary>
    public static async Task<IStagedBackup> ResumeAsync(
        ArchiveReader archive, Backup backup, RecoveredPart? part, string folder, ScratchOptions scratch,
        StagingRest rest, VerificationRun run)
    {
        var staging = scratch with { ParentFolder = folder };
        return rest.Ids is { } ids
            ? await StagedGraph.ResumeAsync(archive, part, staging, rest.Note, ids, run).ConfigureAwait(false)
            : await StagedDatabase.ResumeAsync(archive, backup, staging, scratch, rest.Note, run).ConfigureAwait(false);
    }
}
