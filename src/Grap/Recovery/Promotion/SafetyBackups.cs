using Grap.Backups;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Verification;

namespace Grap.Recovery.Promotion;

/// <summary>Takes the backups that a promotion, or its undoing, can go back to.</summary>
internal sealed class SafetyBackups(FolderRepository repository, ScratchOptions scratch, TimeProvider time)
{
    /// <summary>The tag that tells such backups in a listing.</summary>
    public const string Tag = "safety";

    /// <summary>Takes one, proves it, pins it, and names it in the record in place of the one before, which is
    /// removed.</summary>
    public async Task<Backup> TakeAsync(
        HeldRecovery held, Session production, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var taken = await new BackupTaker(time, scratch: scratch).TakeAsync(
            production, repository,
            new BackupOptions { Method = BackupMethod.Bolt, RequireExact = true, Tags = [Tag] }, progress, cancellation)
            .ConfigureAwait(false);
        var proof = await new Verifier(time, scratch).VerifyAsync(
            repository, taken.Id, VerificationLevel.Structure, progress, cancellation).ConfigureAwait(false);
        if (!proof.Passed)
        {
            throw new GrapException(GrapCondition.SafetyBackupFailed,
                $"The safety backup '{taken.Id}' does not stand its proof: {string.Join(" ", proof.Problems)}",
                "Production was not touched. Check the repository's disk, then try again.", taken.Id);
        }
        using (var locked = repository.Lock("pin safety backup", cancellation))
            repository.SetProtected(taken.Id, true, locked);
        var before = Named(held.Current.Promotion!);
        held.KeepPromotion(record => record.Stage == PromotionStage.Undoing
            ? record with { UndoneFromBackupId = taken.Id }
            : record with { SafetyBackupId = taken.Id });
        if (before is not null)
            Remove(before, cancellation);
        return repository.Get(taken.Id);
    }

    private static string? Named(PromotionRecord record) =>
        record.Stage == PromotionStage.Undoing ? record.UndoneFromBackupId : record.SafetyBackupId;

    private void Remove(string id, CancellationToken cancellation)
    {
        using var held = repository.Lock("remove safety backup", cancellation);
        try
        {
            repository.Remove(id, held, force: true);
        }
        catch (GrapException gone) when (gone.Condition == GrapCondition.BackupNotFound)
        {
            // Somebody removed it: that is what was to be done.
        }
    }
}
