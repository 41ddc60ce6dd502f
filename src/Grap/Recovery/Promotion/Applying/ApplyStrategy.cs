using Grap.Backups;
using Grap.Bolt;
using Grap.Comparison;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>
/// Promotes by applying to the live graph what differs between it and the backup, while the server runs: in one
/// transaction where that can be. Needs the archive, not staging. Elements that are created anew have new internal ids;
/// everything else of them is as in the backup.
/// </summary>
/// <param name="repository">Where the backup is.</param>
/// <param name="production">Production.</param>
/// <param name="options">How.</param>
public sealed class ApplyStrategy(FolderRepository repository, Session production, ApplyOptions options)
    : IPromotionStrategy
{
    /// <inheritdoc/>
    public PromotionStrategy Strategy => PromotionStrategy.Apply;

    /// <inheritdoc/>
    public async Task<PromotionPlan> PlanAsync(
        RecoveryRecord recovery, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(recovery);
        CheckDatabase(recovery);
        try
        {
            var wanted = await GraphSources.OpenAsync(
                repository, recovery.BackupId!, options.Scratch, progress, cancellation).ConfigureAwait(false);
            await using var closing = wanted.ConfigureAwait(false);
            var live = await GraphSources.OpenAsync(production, cancellation).ConfigureAwait(false);
            await using var closingLive = live.ConfigureAwait(false);
            var (plan, _) = await ApplyPlanning.MakeAsync(
                live, new StateOfDatabase(wanted, live.DatabaseId), wanted.Schema, production, options,
                new GraphComparer(options.Time), progress, cancellation).ConfigureAwait(false);
            return plan.Describe() with { DatabaseId = live.DatabaseId };
        }
        catch (BoltException failure)
        {
            throw ServerFailure.From(failure, production.Uri);
        }
    }

    /// <inheritdoc/>
    public Task<PromotionProof> RunAsync(PromotionRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return RunAsync(run, run.Recovery.BackupId!, run.Journal.Record.Id.ToString());
    }

    /// <inheritdoc/>
    public Task<PromotionProof> UndoAsync(PromotionRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var record = run.Journal.Record;
        return RunAsync(run, record.SafetyBackupId!, $"{record.Id}/undo");
    }

    private async Task<PromotionProof> RunAsync(PromotionRun run, string wantedId, string promotion)
    {
        CheckDatabase(run.Recovery);
        var applying = new ApplyRun(
            run, repository, production, wantedId, new PromotionMark(production, repository.Id, promotion), options);
        await using var closing = applying.ConfigureAwait(false);
        try
        {
            return await applying.RunAsync().ConfigureAwait(false);
        }
        catch (BoltException failure)
        {
            throw ServerFailure.From(failure, production.Uri);
        }
    }

    private void CheckDatabase(RecoveryRecord recovery)
    {
        if (recovery.Database == production.Database)
            return;
        throw new GrapException(GrapCondition.SettingInvalid,
            $"The recovery is of database '{recovery.Database}', and the session is to {production.Database} at "
            + $"{production.Uri}.",
            "Name the database with -Database, or open a session to it.", production.Uri);
    }
}
