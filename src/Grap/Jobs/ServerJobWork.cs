using System.Globalization;
using Grap.Audit;
using Grap.Backups;
using Grap.Health;
using Grap.Repositories;
using Grap.Retention;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Verification;

namespace Grap.Jobs;

/// <summary>A job's work on a running server.</summary>
/// <param name="options">What kind of backup, and what is kept.</param>
/// <param name="connect">Opens a session, or returns an open one.</param>
/// <param name="ownsSession">Whether to close it at the end.</param>
/// <param name="scratch">Where scratch servers come from.</param>
/// <param name="tell">Told, as a sentence, what else a user may want to know.</param>
public sealed class ServerJobWork(
    BackupJobOptions options, Func<CancellationToken, Task<Session>> connect, bool ownsSession,
    ScratchOptions scratch, Action<string>? tell) : IJobWork
{
    private Session? _session;

    /// <inheritdoc/>
    public async Task<Backup> TakeAsync(FolderRepository repository, CancellationToken cancellation)
    {
        _session = await connect(cancellation).ConfigureAwait(false);
        return await new BackupTaker(tell: tell, scratch: scratch)
            .TakeAsync(_session, repository, options.Backup, null, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<VerificationResult> VerifyAsync(
        FolderRepository repository, string id, VerificationLevel level, CancellationToken cancellation) =>
        new Verifier(scratch: scratch).VerifyAsync(repository, id, level, null, cancellation);

    /// <inheritdoc/>
    public async Task<string> RetainAsync(
        FolderRepository repository, AuditTrail trail, CancellationToken cancellation)
    {
        var result = await new RetentionRun(repository)
            .RunAsync(options.Retention, trail, confirm: null, progress: null, cancellation).ConfigureAwait(false);
        var done = string.Create(CultureInfo.InvariantCulture,
            $"{result.Kept} kept, {result.Trashed} to the trash, {result.Purged} deleted");
        return result.Halted.Count == 0
            ? done
            : $"{done}; {string.Join(" ", result.Halted.Values.Distinct(StringComparer.Ordinal))}";
    }

    /// <inheritdoc/>
    public Task<HealthReport> CheckHealthAsync(string repository, CancellationToken cancellation)
    {
        var session = _session ?? throw new GrapException(GrapCondition.ServerUnavailable,
            "there was no connection to the server.", "See why the backup failed.");
        var target = new HealthTarget(session.Uri, _ => Task.FromResult(session)) { Repository = repository };
        return JobHealth.CheckAsync(options, target, cancellation);
    }

    /// <inheritdoc/>
    public Task ShowAsync(AuditTrail trail, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(trail);
        return trail.ProjectAsync(_session, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (ownsSession && _session is not null)
            await _session.DisposeAsync().ConfigureAwait(false);
    }
}
