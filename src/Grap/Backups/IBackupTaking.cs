using Grap.Repositories;

namespace Grap.Backups;

/// <summary>One method of taking a backup.</summary>
internal interface IBackupTaking
{
    /// <summary>Writes everything into the archive of <paramref name="pending"/> and returns what the manifest says of
    /// it. What every backup says, whatever its method, is filled in by <see cref="BackupTaker"/>.</summary>
    Task<BackupManifest> TakeAsync(PendingBackup pending, CancellationToken cancellation);
}
