using System.Globalization;
using Grap.OnlineCopy;
using Grap.Recovery.States;
using Grap.Repositories;
using Grap.Servers;
using Grap.Servers.Control;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>Promotes by exchanging folders while the server is stopped: the staged store, copied beside the live one
/// before, takes its place, and the old folders stay beside it. docs/swap.md says it step by step.</summary>
/// <param name="options">How.</param>
public sealed class SwapStrategy(SwapOptions options) : IPromotionStrategy
{
    /// <inheritdoc/>
    public PromotionStrategy Strategy => PromotionStrategy.Swap;

    /// <summary>The folders.</summary>
    internal IDataFolders Files { get; init; } = new DataFolders();

    /// <inheritdoc/>
    public async Task<PromotionPlan> PlanAsync(
        RecoveryRecord recovery, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(recovery);
        var staged = StagedStore.Find(recovery, cancellation);
        if (recovery.Promotion is { Stage: PromotionStage.Promoting, Steps: [var first, ..] } begun)
        {
            var known = SwapGround.From(recovery.Database, first, options.Control);
            return SwapPlan.OfInterrupted(begun, known.Control.Create(options.Time));
        }
        var production = await OpenAsync(recovery.Database, cancellation).ConfigureAwait(false);
        await using (production.ConfigureAwait(false))
        {
            var ground = await FindAsync(recovery, staged, production.Session, cancellation).ConfigureAwait(false);
            return SwapPlan.Of(recovery, staged, ground, ground.Control.Create(options.Time));
        }
    }

    /// <inheritdoc/>
    public async Task<PromotionProof> RunAsync(PromotionRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var staged = StagedStore.Find(run.Recovery, run.Cancellation);
        var resumed = run.Journal.Last is not null;
        var ground = resumed
            ? SwapGround.From(run.Recovery.Database, run.Journal.Record.Steps[0], options.Control)
            : await PrepareAsync(run, staged).ConfigureAwait(false);
        var names = new SwapNames(ground.Live, run.Journal.Record.Id);
        var exchange = new FolderExchange(Files, names.Promoting);
        var login = LoginTo(run.Recovery.Database);
        var finding = await new SwapRun(new SwapSite
        {
            Exchange = exchange,
            Server = Server(ground, login),
            RanBefore = !ground.Unavailable,
            Resumed = resumed,
            Copy = cancellation => Copy(run, staged, ground.Live, names, cancellation),
            Guard = () => StoreLock.TryHold(ground.Live.StoreFolder),
            Check = cancellation => new SwapCheck(login).RunAsync(
                staged.Identity, run.Recovery.Staged, Telling(run, SwapStep.Check), cancellation),
            Begin = step => Begin(run, step, ground),
            RolledBack = () => TidyUp(run, names, staged.Identity),
        }).RunAsync(run.Cancellation).ConfigureAwait(false);
        run.KeepSafetyCopy(new SafetyCopy([names.Old.StoreFolder, names.Old.LogFolder],
            ground.Unavailable ? SafetyCopyState.Unverified : SafetyCopyState.Stopped));
        return Proof(
            finding, [.. Missed(ground, names, run.Cancellation), Kept("The old database is kept in", names.Old)]);
    }

    /// <inheritdoc/>
    public async Task<PromotionProof> UndoAsync(PromotionRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.Journal.Record.PromotedSteps is not [var first, ..])
            return Proof(new SwapFinding(null, ["The promotion had not begun to change anything."]), []);
        var ground = SwapGround.From(run.Recovery.Database, first, options.Control);
        var names = new SwapNames(ground.Live, run.Journal.Record.Id);
        var promoting = new FolderExchange(Files, names.Promoting);
        // What an undoing has begun it goes on with, whatever the folders look like meanwhile.
        var completed = run.Journal.Last is { } last ? last.Name != SwapStep.Withdraw : promoting.IsDone;
        return completed
            ? await UndoCompletedAsync(run, ground, names).ConfigureAwait(false)
            : await WithdrawAsync(run, ground, names, promoting).ConfigureAwait(false);
    }

    private async Task<PromotionProof> UndoCompletedAsync(PromotionRun run, SwapGround ground, SwapNames names)
    {
        var login = LoginTo(run.Recovery.Database);
        var resumed = run.Journal.Last is not null;
        var exchange = new FolderExchange(Files, names.Undoing);
        if (!resumed && !exchange.IsReady)
            throw Removed(run, names);
        var expected = StoreIdentity.TryRead(
            Files.Exists(names.Old.StoreFolder) ? names.Old : ground.Live, run.Cancellation);
        var finding = await new SwapRun(new SwapSite
        {
            Exchange = exchange,
            Server = Server(ground, login),
            RanBefore = true,
            // It did not start on them before.
            Starts = !ground.Unavailable,
            Resumed = resumed,
            Guard = () => StoreLock.TryHold(ground.Live.StoreFolder),
            Check = cancellation => new SwapCheck(login).RunAsync(expected, null, null, cancellation),
            Begin = step => Begin(run, step, ground),
            RolledBack = () =>
            {
                run.Journal.RolledBack();
                return [];
            },
        }).RunAsync(run.Cancellation).ConfigureAwait(false);
        run.KeepSafetyCopy(null);
        var remarks = new List<string> { Kept("What was undone is kept in", names.Undone) };
        if (ground.Unavailable)
            remarks.Add("The server was left stopped: these are the folders that it did not start on.");
        return Proof(finding, remarks);
    }

    private async Task<PromotionProof> WithdrawAsync(
        PromotionRun run, SwapGround ground, SwapNames names, FolderExchange promoting)
    {
        Begin(run, SwapStep.Withdraw, ground);
        var login = LoginTo(run.Recovery.Database);
        var remarks = await new SwapRun(new SwapSite
        {
            Exchange = promoting,
            Server = Server(ground, login),
            RanBefore = !ground.Unavailable,
            Resumed = true,
            Guard = () => StoreLock.TryHold(ground.Live.StoreFolder),
            Check = _ => Task.FromResult(new SwapFinding(null, [])),
            Begin = step => Begin(run, step, ground),
            RolledBack = () => RemoveCopies(names, TryFindStaged(run), run.Cancellation),
        }).TakeBackAsync(run.Cancellation).ConfigureAwait(false);
        return Proof(new SwapFinding(null, remarks), []);
    }

    private async Task<SwapGround> PrepareAsync(PromotionRun run, StagedStore staged)
    {
        run.Tell("Preflight");
        var production = await OpenAsync(run.Recovery.Database, run.Cancellation).ConfigureAwait(false);
        await using (production.ConfigureAwait(false))
        {
            var ground = await FindAsync(run.Recovery, staged, production.Session, run.Cancellation)
                .ConfigureAwait(false);
            if (production.Session is not { } session)
            {
                CreateLost(ground.Live);
                return ground;
            }
            var safety = await run.TakeSafetyBackupAsync(session).ConfigureAwait(false);
            return ground with { SafetyTransaction = safety.Manifest?.Transactions?.Last };
        }
    }

    // So that there is something to exchange where a folder itself was lost.
    private void CreateLost(DatabaseFiles live)
    {
        try
        {
            foreach (var folder in new[] { live.StoreFolder, live.LogFolder }.Where(folder => !Files.Exists(folder)))
                Files.Create(folder);
        }
        catch (Exception failure) when (StorageFault.IsStorage(failure))
        {
            throw FolderFault.From(failure);
        }
    }

    private async Task<SwapGround> FindAsync(
        RecoveryRecord recovery, StagedStore staged, Session? production, CancellationToken cancellation)
    {
        var preflight = new SwapPreflight(options);
        var ground = await preflight.FindAsync(recovery, staged, production, cancellation).ConfigureAwait(false);
        if (production is null)
        {
            await SwapPreflight.ExpectUnavailableAsync(ground.Live, LoginTo(recovery.Database), cancellation)
                .ConfigureAwait(false);
        }
        return ground;
    }

    private void Copy(
        PromotionRun run, StagedStore staged, DatabaseFiles live, SwapNames names, CancellationToken cancellation)
    {
        var telling = Telling(run, SwapStep.Copy);
        var copied = 0L;
        CopyFolder(staged.Files.LogFolder, live.LogFolder, names.Copying.LogFolder, names.New.LogFolder);
        CopyFolder(staged.Files.StoreFolder, live.StoreFolder, names.Copying.StoreFolder, names.New.StoreFolder);

        // Under its name only when it is complete and on the disk. The name itself is synced before the exchange begins;
        // until then a copy that a power failure renames back is made again.
        void CopyFolder(string from, string like, string copying, string copy)
        {
            if (Files.Exists(copy))
                return;
            Files.Delete(copying);
            Files.Copy(from, copying, like,
                bytes => telling.Report((double)(copied += bytes) / Math.Max(1, staged.TotalBytes)), cancellation);
            Files.Rename(copying, copy);
        }
    }

    private List<string> TidyUp(PromotionRun run, SwapNames names, StoreIdentity copied)
    {
        var remarks = RemoveCopies(names, copied, CancellationToken.None);
        run.Journal.RolledBack();
        return remarks;
    }

    // A copy that a server ran on may hold what somebody wrote meanwhile.
    private List<string> RemoveCopies(SwapNames names, StoreIdentity? copied, CancellationToken cancellation)
    {
        var remarks = new List<string>();
        try
        {
            foreach (var folder in new[] { names.Copying.StoreFolder, names.Copying.LogFolder })
                Files.Delete(folder);
            if (!Files.Exists(names.New.StoreFolder) && !Files.Exists(names.New.LogFolder))
                return remarks;
            if (!IsComplete(names.New) || StoreIdentity.TryRead(names.New, cancellation) == copied)
            {
                Files.Delete(names.New.StoreFolder);
                Files.Delete(names.New.LogFolder);
            }
            else
            {
                remarks.Add(Kept("The new database may hold what others wrote; it is kept in", names.New));
            }
        }
        catch (Exception failure) when (StorageFault.IsStorage(failure))
        {
            remarks.Add($"What was copied could not be removed: {failure.Message}");
        }
        return remarks;
    }

    private static StoreIdentity? TryFindStaged(PromotionRun run)
    {
        try
        {
            return StagedStore.Find(run.Recovery, run.Cancellation).Identity;
        }
        catch (GrapException)
        {
            return null; // undoing needs no staging: what it would be compared with is kept
        }
    }

    private bool IsComplete(DatabaseFiles files) => Files.Exists(files.StoreFolder) && Files.Exists(files.LogFolder);

    private static IEnumerable<string> Missed(SwapGround ground, SwapNames names, CancellationToken cancellation)
    {
        if (ground.SafetyTransaction is { } safe
            && StoreIdentity.TryRead(names.Old, cancellation) is { } old && old.LastTransaction > safe)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{old.LastTransaction - safe} transactions were committed between the safety backup and the stop. "
                + $"They are in the old database alone.");
        }
    }

    private static string Kept(string what, DatabaseFiles files) =>
        $"{what} '{files.StoreFolder}' and '{files.LogFolder}' until you remove it.";

    private static PromotionProof Proof(SwapFinding finding, IReadOnlyList<string> more) => new()
    {
        Equal = finding.Equal,
        Atomic = true,
        Remarks = [.. finding.Remarks, .. more],
    };

    private static void Begin(PromotionRun run, string step, SwapGround ground)
    {
        run.Tell(step);
        run.Journal.Begin(step, run.Journal.Last is null ? ground.ToDetails() : null);
    }

    private static Progress Telling(PromotionRun run, string step) => new(run, step);

    private ControlledServer Server(SwapGround ground, SessionOptions login) => new(
        ground.Control.Create(options.Time), new ServerPresence(login, ground.Live.StoreFolder), options.Limits,
        options.Time);

    private SessionOptions LoginTo(string database) => options.Login with { Database = database };

    private async Task<ProductionSession> OpenAsync(string database, CancellationToken cancellation) => new(
        options.ProductionUnavailable
            ? null
            : await Session.OpenAsync(LoginTo(database), cancellation).ConfigureAwait(false));

    private static GrapException Removed(PromotionRun run, SwapNames names) => new(GrapCondition.PromotionFailed,
        $"The folders that production ran on before are not all there: '{names.Old.StoreFolder}' and "
        + $"'{names.Old.LogFolder}'.",
        run.Journal.Record.SafetyBackupId is { } safety
            ? $"Recover the safety backup instead: Start-GrapRecovery {safety}, then Invoke-GrapPromotion."
            : "Recover another backup instead.", names.Old.StoreFolder);

    private sealed class Progress(PromotionRun run, string step) : IProgress<double>
    {
        public void Report(double value) => run.Tell(step, value);
    }

    // A session that may be none, closed in either case.
    private sealed record ProductionSession(Session? Session) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Session?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
