using Grap.Archives;
using Grap.Backups;
using Grap.Bolt;
using Grap.Recovery.Preflight;
using Grap.Recovery.Staging;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers;
using Grap.Verification;

namespace Grap.Recovery;

/// <summary>Restores a backup of whatever method into staging and validates it there. Production is not touched: that is
/// promotion, which begins with a record in RECOVERY_SUCCESS.</summary>
/// <param name="repository">Where the backup is, and the record is kept.</param>
/// <param name="options">How.</param>
public sealed class RecoveryRun(FolderRepository repository, RecoveryOptions options)
{
    private readonly RecoveryBook _book = new(repository);

    private string StagingParent => options.StagingParent ?? StagingFolder.DefaultParent();

    /// <summary>Finds out what a recovery needs and what there is of it. Nothing is touched.</summary>
    /// <param name="backupId">The backup.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.BackupNotFound"/>;
    /// <see cref="GrapCondition.RecoveryInProgress"/>: the result of another one waits;
    /// <see cref="GrapCondition.NotSupported"/>, <see cref="GrapCondition.SettingInvalid"/>: the backup has no such part
    /// (<see cref="RecoveryOptions.Part"/>); or why the backup cannot be read.</exception>
    public RecoveryPreflight Preflight(string backupId)
    {
        using var archive = repository.OpenArchive(backupId);
        var manifest = archive.Manifest;
        var before = _book.Read(manifest.Source.Database);
        RecoveryBook.ExpectNoneWaits(before);
        options.Part?.Expect(manifest);
        return RecoveryPreflight.Of(
            manifest, StagingPlace.Of(manifest, StagingParent, options.Scratch, before), options.Part);
    }

    /// <summary>
    /// Runs one recovery to RECOVERY_SUCCESS or RECOVERY_FAILED; the staging folder belongs to the record then. What is
    /// wrong with the backup or with staging, or missing for it, is in the record's errors, and no exception. An interrupted one
    /// of the same backup is gone on with where it left enough for that. When it is cancelled, or stopped by another process,
    /// staging is removed and the state is NOT_RECOVERING.
    /// </summary>
    /// <param name="backupId">The backup.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="changed">Called after each change of state; null for nobody.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.BackupNotFound"/>;
    /// <see cref="GrapCondition.RecoveryInProgress"/>; <see cref="GrapCondition.ScratchServerUnavailable"/>,
    /// <see cref="GrapCondition.ScratchFull"/>, <see cref="GrapCondition.ArchiveCorrupt"/>: it cannot be done here, and the
    /// record still says what is of more use than that: a promotion that can be undone, or what an interrupted recovery left;
    /// <see cref="GrapCondition.RecoveryStopped"/>: another process asked for it; or what the repository has against
    /// it.</exception>
    public async Task<RecoveryRecord> RunAsync(
        string backupId, IProgress<WorkProgress>? progress, Func<Task>? changed, CancellationToken cancellation)
    {
        var backup = repository.Get(backupId);
        if (TryPreflight(backupId, out var preflight) is { } obstacle)
        {
            // An archive that is damaged may not even tell its database.
            var refused = backup.Database.Length == 0 ? null : _book.Refuse(
                backup, preflight?.Items ?? [], StagingParent, options.Part,
                preflight?.Obstacles ?? [InWords(obstacle)], cancellation);
            if (refused is null)
                throw obstacle;
            await TellAsync(changed).ConfigureAwait(false);
            return refused;
        }
        foreach (var item in preflight!.Items.Where(static item => item.Outcome == PreflightOutcome.Warning))
            options.Announce?.Invoke(item.Remark);
        StagingRest? rest = null;
        using var held = _book.BeginOrResume(
            backup, preflight.Items, StagingParent, options.Part,
            interrupted => (rest = FindRest(interrupted, backup)) is not null, cancellation);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var poll = options.Time.CreateTimer(
            _ => StopWhereAsked(held, stopping), null, HeldRecovery.PollInterval, HeldRecovery.PollInterval);
        var errors = new List<string>();
        try
        {
            await TellAsync(changed).ConfigureAwait(false);
            var run = new VerificationRun(options.Time, new RecoveryProgress(held, progress, options.Time),
                $"Recovering {backupId}", stopping.Token);
            await RunAsync(held, backup, rest, errors, changed, run).ConfigureAwait(false);
        }
        catch (Exception failure) when (stopping.IsCancellationRequested && IsOfStopping(held, failure))
        {
            held.Discard();
            await TellAsync(changed).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            throw Stopped(backup);
        }
        catch (Exception failure) when (held.Current.UnderWay && Explain(failure, held.Current) is { } why)
        {
            held.MoveTo(RecoveryState.RecoveryFailed, [.. errors, why]);
        }
        await TellAsync(changed).ConfigureAwait(false);
        return RecoveryBook.WithServer(held.Current);
    }

    private StagingRest? FindRest(RecoveryRecord interrupted, Backup backup) => StagingRest.Find(
        interrupted, backup, options.Part, StagedBackup.FindInstallation(backup.Manifest!, options.Scratch));

    // What is certain to fail, told before anything is touched; null where nothing is.
    private GrapException? TryPreflight(string backupId, out RecoveryPreflight? preflight)
    {
        preflight = null;
        try
        {
            preflight = Preflight(backupId);
            preflight.ExpectCanRun();
            return null;
        }
        catch (GrapException obstacle) when (preflight is not null || obstacle.Condition
            is GrapCondition.ArchiveCorrupt or GrapCondition.NotAnArchive or GrapCondition.ArchiveTooNew)
        {
            return obstacle;
        }
    }

    // What is found stands in the errors at once: whatever ends the run, nothing of it is lost.
    private async Task RunAsync(
        HeldRecovery held, Backup backup, StagingRest? rest, List<string> errors, Func<Task>? changed,
        VerificationRun run)
    {
        using var archive = repository.OpenArchive(backup.Id);
        var staged = rest is null
            ? await RestoreAsync(archive, backup, held.Current.StagingFolder!, run).ConfigureAwait(false)
            : await StagedBackup.ResumeAsync(
                archive, backup, options.Part, held.Current.StagingFolder!, options.Scratch, rest, run)
                .ConfigureAwait(false);
        StagedContent? content;
        await using (staged.ConfigureAwait(false))
        {
            if (held.Current.State != RecoveryState.Validation)
                held.MoveTo(RecoveryState.Validation);
            await TellAsync(changed).ConfigureAwait(false);
            await AssertAsync(staged.Session, errors, run).ConfigureAwait(false);
            await ConformAsync(staged.Session, errors, run).ConfigureAwait(false);
            var (version, edition) = (staged.Session.ServerVersion, staged.Session.Edition);
            var check = await staged.CheckAsync(run).ConfigureAwait(false);
            errors.AddRange(check.Problems);
            content = check.Content is not { } found ? null : new StagedContent
            {
                ServerVersion = version,
                Edition = edition,
                Nodes = found.Counts.Nodes,
                Relationships = found.Counts.Relationships,
                Fingerprint = found.Fingerprint,
            };
            if (options.KeepRunning)
                await KeepRunningAsync(staged, errors, run).ConfigureAwait(false);
        }
        // Only now, when the server has stopped, or can only be read: what is promoted are its files.
        held.MoveTo(errors.Count == 0 ? RecoveryState.RecoverySuccess : RecoveryState.RecoveryFailed, errors, content);
    }

    private async Task<IStagedBackup> RestoreAsync(
        ArchiveReader archive, Backup backup, string folder, VerificationRun run)
    {
        run.Step("Checksum", () => ChecksumCheck.Run(archive, run));
        return await StagedBackup.RestoreAsync(archive, backup, options.Part, folder, options.Scratch, run)
            .ConfigureAwait(false);
    }

    private Task ConformAsync(Session staging, List<string> errors, VerificationRun run) =>
        options.Schema is not { } declared || options.Part is not null
            ? Task.CompletedTask
            : run.StepAsync("Schema", async _ =>
            {
                var found = await StagingConformance.FindAsync(declared, staging, run.Cancellation)
                    .ConfigureAwait(false);
                errors.AddRange(found.Problems);
                foreach (var remark in found.Remarks)
                    options.Announce?.Invoke(remark);
            });

    private Task AssertAsync(Session staging, List<string> errors, VerificationRun run) =>
        run.StepAsync("Assertions", async _ =>
        {
            foreach (var assertion in options.Assertions)
            {
                if (await assertion.FindProblemAsync(staging, run.Cancellation).ConfigureAwait(false) is { } problem)
                    errors.Add(problem);
            }
        });

    // What does not start a second time is nothing to promote.
    private static async Task KeepRunningAsync(IStagedBackup staged, List<string> errors, VerificationRun run)
    {
        try
        {
            await run.StepAsync("Keep", _ => staged.KeepRunningAsync(run.Cancellation)).ConfigureAwait(false);
        }
        catch (GrapException failure)
        {
            errors.Add($"Staging could not be kept running: {failure.Message}");
        }
    }

    private static Task TellAsync(Func<Task>? changed) => changed?.Invoke() ?? Task.CompletedTask;

    private static void StopWhereAsked(HeldRecovery held, CancellationTokenSource stopping)
    {
        try
        {
            if (held.StopRequested)
                stopping.Cancel();
        }
        catch (Exception gone) when (gone is GrapException or ObjectDisposedException)
        {
            // A timer has nobody to tell: a repository that cannot be read ends the run at its next step, and a run that
            // has ended needs no stop.
        }
    }

    // Whoever is stopped in the middle of something may also say that a connection was lost or a server has gone.
    private static bool IsOfStopping(HeldRecovery held, Exception failure) =>
        failure is OperationCanceledException || (held.Current.UnderWay && Explain(failure, held.Current) is not null);

    // What no condition describes is a fault of Grap's: the process that shows it leaves the recovery interrupted.
    private static string? Explain(Exception failure, RecoveryRecord record) => failure switch
    {
        GrapException { Condition: GrapCondition.LockLost } => null,
        GrapException known => InWords(known),
        BoltException wire => ServerFailure.From(wire, "staging").Message,
        _ when StorageFault.IsStorage(failure) =>
            $"The staging folder '{record.StagingFolder}' cannot be used: {failure.Message} Give the account that runs "
            + "Grap a disk with room and the rights to it; staging lives in the user's local application data "
            + "(XDG_DATA_HOME on Linux).",
        _ => null,
    };

    private static string InWords(GrapException failure) => $"{failure.Message} {failure.RecommendedAction}";

    private static GrapException Stopped(Backup backup) => new(GrapCondition.RecoveryStopped,
        $"The recovery of database '{backup.Database}' from backup '{backup.Id}' was stopped from another session; "
        + "staging was removed.", "Start-GrapRecovery begins a new one.", backup.Database);
}
