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
        var taken = await TakeOrRefuseAsync(
            held, production, "There is no safety backup, so production was not touched", progress, cancellation)
            .ConfigureAwait(false);
        var before = Named(held.Current.Promotion!);
        held.KeepPromotion(record => record.Stage == PromotionStage.Undoing
            ? record with { UndoneFromBackupId = taken.Id }
            : record with { SafetyBackupId = taken.Id });
        if (before is not null)
            Remove(before, cancellation);
        return repository.Get(taken.Id);
    }

    /// <summary>Takes one of production between two steps, proves it, pins it, and names it in the record beside those
    /// before.</summary>
    public async Task<Backup> TakeInterimAsync(
        HeldRecovery held, Session production, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var taken = await TakeOrRefuseAsync(
            held, production,
            "Others may have committed between the steps, and there is no backup of what they wrote, so nothing more was "
            + "changed", progress, cancellation).ConfigureAwait(false);
        held.KeepPromotion(record => record with { InterimBackupIds = [.. record.InterimBackupIds, taken.Id] });
        return repository.Get(taken.Id);
    }

    /// <summary>Unpins one that is not needed: retention may have it.</summary>
    public void Release(string id) => Pin(id, false, CancellationToken.None);

    private async Task<Backup> TakeOrRefuseAsync(
        HeldRecovery held, Session production, string refusal, IProgress<WorkProgress>? progress,
        CancellationToken cancellation)
    {
        try
        {
            return await TakeProvenAsync(production, progress, cancellation).ConfigureAwait(false);
        }
        catch (GrapException failure)
        {
            throw new GrapException(GrapCondition.SafetyBackupFailed,
                $"{refusal}: {failure.Message}", failure.RecommendedAction, held.Current.Database, failure);
        }
    }

    private async Task<Backup> TakeProvenAsync(
        Session production, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var taken = await new BackupTaker(time, scratch: scratch).TakeAsync(
            production, repository,
            new BackupOptions
            {
                Method = BackupMethod.Bolt,
                RequireExact = true,
                Tags = [Tag],
                // A promotion waits for it.
                MaxBytesPerSecond = 0,
            }, progress, cancellation).ConfigureAwait(false);
        var proof = await new Verifier(time, scratch).VerifyAsync(
            repository, taken.Id, VerificationLevel.Structure, progress, cancellation).ConfigureAwait(false);
        if (!proof.Passed)
        {
            throw new GrapException(GrapCondition.ArchiveCorrupt,
                $"Backup '{taken.Id}' does not stand its proof. {string.Join(" ", proof.Problems)}",
                "Check the repository's disk, then try again.", taken.Id);
        }
        Pin(taken.Id, true, cancellation);
        return taken;
    }

    private void Pin(string id, bool value, CancellationToken cancellation)
    {
        using var locked = repository.Lock(value ? "pin safety backup" : "unpin safety backup", cancellation);
        repository.SetProtected(id, value, locked);
    }

    private static string? Named(PromotionRecord record) =>
        record.Stage == PromotionStage.Undoing ? record.UndoneFromBackupId : record.SafetyBackupId;

    private void Remove(string id, CancellationToken cancellation)
    {
        using var locked = repository.Lock("remove safety backup", cancellation);
        try
        {
            repository.Remove(id, locked, force: true);
        }
        catch (GrapException gone) when (gone.Condition == GrapCondition.BackupNotFound)
        {
            // Somebody removed it: that is what was to be done.
        }
    }
}
