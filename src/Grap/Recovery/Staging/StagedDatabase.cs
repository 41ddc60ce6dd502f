using Grap.Archives;
using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Servers;
using Grap.Servers.Installations;
using Grap.Verification;

namespace Grap.Recovery.Staging;

/// <summary>A physical backup in staging.</summary>
internal sealed class StagedDatabase : IStagedBackup
{
    private readonly RecoveredDatabase _database;
    private readonly ArchiveReader _archive;
    private readonly Backup _backup;
    private readonly ScratchOptions _scratch;

    private StagedDatabase(
        RecoveredDatabase database, ArchiveReader archive, Backup backup, ScratchOptions scratch) =>
        (_database, _archive, _backup, _scratch) = (database, archive, backup, scratch);

    public Session Session => _database.Session;

    public static async Task<StagedDatabase> RestoreAsync(
        ArchiveReader archive, Backup backup, ScratchOptions staging, ScratchOptions scratch, VerificationRun run) =>
        new(await RecoveredDatabase.RecoverToKeepAsync(
            archive, staging, run.StepAsync, run.Cancellation).ConfigureAwait(false),
            archive, backup, scratch);

    /// <summary>Goes on with one that is unpacked.</summary>
    public static async Task<StagedDatabase> ResumeAsync(
        ArchiveReader archive, Backup backup, ScratchOptions staging, ScratchOptions scratch, StagingNote note,
        VerificationRun run) =>
        new(await RecoveredDatabase.ResumeAsync(
            archive, staging, note, run.StepAsync, run.Cancellation).ConfigureAwait(false), archive, backup, scratch);

    public async Task<StagedCheck> CheckAsync(VerificationRun run)
    {
        var proof = await PhysicalRestoreCheck.RunAsync(_database, _archive, _backup, _scratch, run)
            .ConfigureAwait(false);
        return new StagedCheck(
            proof.Report is null ? proof.Problems : [.. proof.Problems, $"Its report is in '{proof.Report}'."],
            proof.Content);
    }

    public Task KeepRunningAsync(CancellationToken cancellation) => _database.KeepRunningAsync(cancellation);

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
