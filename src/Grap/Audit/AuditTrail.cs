using Grap.Bolt;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.Audit;

/// <summary>
/// The one way in which operations come into a repository's journal, and from there into the database. Whoever offers
/// an operation to users (a command, a job) runs it through here.
/// <list type="bullet">
/// <item>What succeeds is recorded by the repository, as a part of its commit, wherever a crash in between would
/// matter: backups, removals, proofs, pins. Everything else says so with <see cref="Record"/>.</item>
/// <item>What fails, is refused or is stopped is recorded by <see cref="RunAsync"/>.</item>
/// </list>
/// A journal that cannot be written never hides the failure that was to be recorded, nor undoes what succeeded: it is
/// told through <c>warn</c>. Where there is no repository, nothing is recorded.
/// </summary>
/// <param name="repository">The repository's path.</param>
/// <param name="projects">Whether the database is to show what the journal says.</param>
/// <param name="warn">Takes what could not be recorded or shown, each as a sentence.</param>
/// <param name="options">What the repository needs from outside.</param>
public sealed class AuditTrail(
    string repository, bool projects, Action<string> warn, RepositoryOptions? options = null)
{
    private const string SystemDatabase = "system";

    private bool _serverIsLost;

    /// <summary>Whether this trail has written an entry of its own.</summary>
    public bool HasRecorded { get; private set; }

    /// <summary>Runs an operation. What it throws is recorded, and thrown on.</summary>
    public async Task<T> RunAsync<T>(AuditedOperation operation, Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(operation);
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            RecordFailure(operation, failure);
            throw;
        }
    }

    /// <summary>Runs an operation that returns nothing.</summary>
    public Task RunAsync(AuditedOperation operation, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return RunAsync(operation, async () =>
        {
            await work().ConfigureAwait(false);
            return true;
        });
    }

    /// <summary>Records an operation that succeeded and whose work has no entry of its own.</summary>
    public void Record(AuditedOperation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Append(operation, JournalResult.Success, operation.Details);
    }

    /// <summary>Brings the nodes in the session's database up to date with the journal, where the settings say so and
    /// the database can hold them. After a lost connection or a stop it does nothing: the next operation makes up for
    /// it.</summary>
    public async Task ProjectAsync(Session? session, CancellationToken cancellation)
    {
        if (!projects || _serverIsLost || cancellation.IsCancellationRequested
            || session is null or { IsOpen: false } or { Database: SystemDatabase })
            return;
        try
        {
            if (FolderRepository.TryOpen(repository, options) is not { } opened)
                return;
            var done = await new Projector(session, opened).UpdateAsync(cancellation).ConfigureAwait(false);
            if (done.JournalDiffers)
                warn($"Database {session.Database} shows entries that the journal of '{repository}' does not have. "
                    + "They are kept; run Test-GrapAuditLog to see whether the journal was cut short.");
        }
        catch (GrapException failure)
        {
            warn($"Database {session.Database} does not show the newest entries of the audit log: {failure.Message} "
                + "They are in the repository. Set GRAP_PROJECTION to false where Grap may only read.");
        }
    }

    private void RecordFailure(AuditedOperation operation, Exception failure)
    {
        var details = new Dictionary<string, string>(operation.Details, StringComparer.Ordinal);
        if (failure is OperationCanceledException)
        {
            Append(operation, JournalResult.Cancelled, details);
            return;
        }
        var condition = Condition(failure);
        _serverIsLost = condition is nameof(GrapCondition.ConnectionLost) or nameof(GrapCondition.ServerUnavailable);
        details["condition"] = condition;
        if ((failure as BoltException ?? failure.InnerException as BoltException)?.Code is { } code)
            details["code"] = code;
        // Only Grap's own messages are known to hold no secret.
        if (operation.KeepsMessage && failure is GrapException)
            details["problem"] = failure.Message;
        Append(operation, JournalResult.Failure, details);
    }

    private static string Condition(Exception failure) => failure switch
    {
        GrapException known => known.Condition.ToString(),
        BoltException wire => ServerFailure.From(wire, "").Condition.ToString(),
        _ => failure.GetType().Name,
    };

    private void Append(AuditedOperation operation, string result, IReadOnlyDictionary<string, string> details)
    {
        try
        {
            if (FolderRepository.TryOpen(repository, options) is not { } opened)
                return;
            opened.Journal.Append(new JournalEntry
            {
                Operation = operation.Name,
                EntityType = operation.EntityType,
                EntityId = operation.EntityId,
                Result = result,
                Details = details,
            });
            HasRecorded = true;
        }
        catch (GrapException unwritten)
        {
            warn($"The audit log does not have the entry '{operation.Name}, {result}' of {operation.EntityType} "
                + $"'{operation.EntityId}': {unwritten.Message}");
        }
    }
}
