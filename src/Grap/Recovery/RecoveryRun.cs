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
    /// wrong with the backup or with staging is in the record's errors, and no exception. When it is cancelled, or
    /// stopped by another process, staging is removed and the state is NOT_RECOVERING.
    /// </summary>
    /// <param name="backupId">The backup.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="changed">Called after each change of state; null for nobody.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.BackupNotFound"/>;
    /// <see cref="GrapCondition.RecoveryInProgress"/>; <see cref="GrapCondition.ScratchServerUnavailable"/>,
    /// <see cref="GrapCondition.ScratchFull"/>: it cannot be done here, and nothing was touched;
    /// <see cref="GrapCondition.RecoveryStopped"/>: another process asked for it; or what the repository has against
    /// it.</exception>
    public async Task<RecoveryRecord> RunAsync(
        string backupId, IProgress<WorkProgress>? progress, Func<Task>? changed, CancellationToken cancellation)
    {
        var backup = repository.Get(backupId);
        var preflight = Preflight(backupId);
        preflight.ExpectCanRun();
        foreach (var item in preflight.Items.Where(static item => item.Outcome == PreflightOutcome.Warning))
            options.Announce?.Invoke(item.Remark);
        using var held = _book.Begin(backup, preflight.Items, StagingParent, cancellation, options.Part);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var poll = options.Time.CreateTimer(
            _ => StopWhereAsked(held, stopping), null, HeldRecovery.PollInterval, HeldRecovery.PollInterval);
        var errors = new List<string>();
        try
        {
            await TellAsync(changed).ConfigureAwait(false);
            var run = new VerificationRun(options.Time, new RecoveryProgress(held, progress, options.Time),
                $"Recovering {backupId}", stopping.Token);
            await RunAsync(held, backup, errors, changed, run).ConfigureAwait(false);
        }
        catch (Exception failure) when (stopping.IsCancellationRequested && IsOfStopping(held, failure))
        {
            held.Discard();
            await TellAsync(changed).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            throw Stopped(backup);
        }
        catch (Exception failure) when (held.Current.UnderWay && Explain(failure) is { } why)
        {
            held.MoveTo(RecoveryState.RecoveryFailed, [.. errors, why]);
        }
        await TellAsync(changed).ConfigureAwait(false);
        return RecoveryBook.WithServer(held.Current);
    }

    // What is found stands in the errors at once: whatever ends the run, nothing of it is lost.
    private async Task RunAsync(
        HeldRecovery held, Backup backup, List<string> errors, Func<Task>? changed, VerificationRun run)
    {
        using var archive = repository.OpenArchive(backup.Id);
        run.Step("Checksum", () => ChecksumCheck.Run(archive, run));
        var staged = await StagedBackup.RestoreAsync(
            archive, backup, options.Part, held.Current.StagingFolder!, options.Scratch, run).ConfigureAwait(false);
        StagedContent? content;
        await using (staged.ConfigureAwait(false))
        {
            held.MoveTo(RecoveryState.Validation);
            await TellAsync(changed).ConfigureAwait(false);
            await AssertAsync(staged.Session, errors, run).ConfigureAwait(false);
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
        failure is OperationCanceledException || (held.Current.UnderWay && Explain(failure) is not null);

    // What no condition describes is a fault of Grap's: the process that shows it leaves the recovery interrupted.
    private static string? Explain(Exception failure) => failure switch
    {
        GrapException { Condition: GrapCondition.LockLost } => null,
        GrapException known => $"{known.Message} {known.RecommendedAction}",
        BoltException wire => ServerFailure.From(wire, "staging").Message,
        _ => null,
    };

    private static GrapException Stopped(Backup backup) => new(GrapCondition.RecoveryStopped,
        $"The recovery of database '{backup.Database}' from backup '{backup.Id}' was stopped from another session; "
        + "staging was removed.", "Start-GrapRecovery begins a new one.", backup.Database);
}
