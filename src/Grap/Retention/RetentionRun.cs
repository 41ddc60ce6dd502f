using System.Globalization;
using Grap.Audit;
using Grap.Backups;
using Grap.Repositories;

namespace Grap.Retention;

/// <summary>Makes a retention plan for a repository and carries it out.</summary>
/// <param name="repository">The repository.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class RetentionRun(FolderRepository repository, TimeProvider? time = null)
{
    private const string LockOperation = "Retention";

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>What the policy would do now. Changes nothing and needs no lock.</summary>
    public RetentionPlan Plan(RetentionPolicy policy) => Plan(repository.List(), policy);

    /// <summary>What the policy would do with these, which were listed already, and with what is in the
    /// trash.</summary>
    internal RetentionPlan Plan(IEnumerable<Backup> listed, RetentionPolicy policy)
    {
        List<Backup> backups = [.. listed, .. repository.ListTrash()];
        return RetentionPlan.Make(backups, policy, RetentionFacts.Of(repository, backups, _time.GetUtcNow()));
    }

    /// <summary>
    /// Makes the plan under the repository's lock and carries it out: what goes is moved to the trash, and what has
    /// been there for its grace period is deleted. Stops at the first that cannot be moved or deleted, and throws what
    /// was in the way; what was done by then stays done, and the next run goes on.
    /// </summary>
    /// <param name="policy">What is to be kept.</param>
    /// <param name="trail">Takes the entries of the audit log.</param>
    /// <param name="confirm">Asked about each backup before it goes; false leaves it. Null for no questions. Asked
    /// before the lock is taken, so an answer may take its time.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it between two backups.</param>
    public async Task<RetentionResult> RunAsync(
        RetentionPolicy policy, AuditTrail trail, Func<RetentionDecision, Task<bool>>? confirm,
        IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(trail);
        var confirmed = confirm is null ? null : await AskAsync(Plan(policy), confirm).ConfigureAwait(false);
        if (confirmed is { Count: 0 })
            return Result(Plan(policy), []);
        var operation = AuditedOperation.ApplyRetention(repository.Id);
        var result = await trail.RunAsync(operation, () => Task.Run(
            () => CarryOut(policy, confirmed, progress, cancellation), cancellation)).ConfigureAwait(false);
        trail.Record(operation with { Details = Details(result) });
        return result;
    }

    private static async Task<HashSet<Guid>> AskAsync(RetentionPlan plan, Func<RetentionDecision, Task<bool>> confirm)
    {
        var confirmed = new HashSet<Guid>();
        foreach (var decision in plan.Decisions.Where(static decision => decision.Action != RetentionAction.Keep))
        {
            if (await confirm(decision).ConfigureAwait(false))
                confirmed.Add(decision.Backup.ArchiveId);
        }
        return confirmed;
    }

    private RetentionResult CarryOut(
        RetentionPolicy policy, HashSet<Guid>? confirmed, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        using var held = repository.Lock(LockOperation, cancellation);
        // Since the questions were asked others may have taken, pinned or removed backups: the plan that counts is the
        // one of now.
        var plan = Plan(policy);
        var going = plan.Decisions.Where(decision => decision.Action != RetentionAction.Keep
            && confirmed?.Contains(decision.Backup.ArchiveId) != false).ToList();
        var done = new HashSet<Guid>();
        foreach (var decision in going)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new WorkProgress(
                "Applying retention", decision.Id, (double)done.Count / going.Count));
            if (decision.Action == RetentionAction.Remove)
                repository.MoveToTrash(decision.Id, held, decision.Reason);
            else
                repository.Purge(decision.Backup, held);
            done.Add(decision.Backup.ArchiveId);
        }
        return Result(plan, done);
    }

    private static RetentionResult Result(RetentionPlan plan, HashSet<Guid> done) => new()
    {
        Decisions =
        [
            .. plan.Decisions.Select(decision => decision with
            {
                Done = decision.Action != RetentionAction.Keep && done.Contains(decision.Backup.ArchiveId),
            }),
        ],
        Halted = plan.Halted,
    };

    private static Dictionary<string, string> Details(RetentionResult result)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["kept"] = result.Kept.ToString(CultureInfo.InvariantCulture),
            ["trashed"] = result.Trashed.ToString(CultureInfo.InvariantCulture),
            ["purged"] = result.Purged.ToString(CultureInfo.InvariantCulture),
        };
        if (result.Halted.Count > 0)
            details["halted"] = string.Join(" ", result.Halted.Values.Distinct(StringComparer.Ordinal));
        return details;
    }
}
