using Grap.Audit;
using Grap.Backups;
using Grap.Health;
using Grap.Repositories;
using Grap.Verification;

namespace Grap.Jobs;

/// <summary>What a job does to the server and to backups. Failures are <see cref="GrapException"/>s.</summary>
public interface IJobWork : IAsyncDisposable
{
    /// <summary>Takes and publishes a backup.</summary>
    Task<Backup> TakeAsync(FolderRepository repository, CancellationToken cancellation);

    /// <summary>Proves a backup.</summary>
    Task<VerificationResult> VerifyAsync(
        FolderRepository repository, string id, VerificationLevel level, CancellationToken cancellation);

    /// <summary>Applies retention, and says what it did as a sentence. Throws where it could not be applied, or where
    /// nothing may be removed at present.</summary>
    Task<string> RetainAsync(FolderRepository repository, AuditTrail trail, CancellationToken cancellation);

    /// <summary>Checks the health of the database that was backed up, and of its backups in the repository at a path.
    /// Throws where the database was not reached.</summary>
    Task<HealthReport> CheckHealthAsync(string repository, CancellationToken cancellation);

    /// <summary>Shows the journal in the database that was backed up, if it was reached.</summary>
    Task ShowAsync(AuditTrail trail, CancellationToken cancellation);
}
