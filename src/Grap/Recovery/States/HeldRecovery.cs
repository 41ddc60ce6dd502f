using System.Text;
using Grap.Audit;
using Grap.Recovery.Preflight;
using Grap.Recovery.Promotion;
using Grap.Recovery.Staging;
using Grap.Repositories;

namespace Grap.Recovery.States;

/// <summary>A recovery whose lock is held: only through this its record changes. Safe for use by several threads. When
/// it is disposed the lock is let go; a process that dies instead leaves it interrupted.</summary>
public sealed class HeldRecovery : IDisposable
{
    /// <summary>How often a request to stop is looked for.</summary>
    internal static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private readonly RepositoryPlace _place;
    private readonly Journal _journal;
    private readonly RecoveryFile _file;
    private readonly LockFile _lock;
    private readonly string _stopName;
    private readonly object _gate = new();

    internal HeldRecovery(RepositoryPlace place, Journal journal, string database, LockFile held)
    {
        (_place, _journal, _lock) = (place, journal, held);
        _file = new RecoveryFile(place, database);
        _stopName = RepositoryLayout.RecoveryStop(database);
        // What writers that died left; the lock says that none of them lives.
        foreach (var item in place.List().Where(item => RepositoryLayout.IsRecoveryTemporary(item.Name, database)))
            place.Files.Delete(place.PathOf(item.Name));
        Current = _file.Read();
    }

    /// <summary>The record.</summary>
    public RecoveryRecord Current { get; private set; }

    /// <summary>Whether somebody asked this very run to stop.</summary>
    public bool StopRequested => _place.Read(_stopName, 1024) is { } token
        && Encoding.ASCII.GetString(token) == _lock.Token;

    /// <summary>Takes the next step.</summary>
    /// <param name="state">The state.</param>
    /// <param name="errors">What validation found against it.</param>
    /// <param name="staged">What validation found in staging.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryStateInvalid"/>: there is no such step;
    /// <see cref="GrapCondition.LockLost"/>: another run took over.</exception>
    public void MoveTo(RecoveryState state, IReadOnlyList<string>? errors = null, StagedContent? staged = null)
    {
        var ends = state is RecoveryState.RecoverySuccess or RecoveryState.RecoveryFailed;
        Replace(state, record => record with
        {
            ProgressPercent = state == RecoveryState.RecoverySuccess ? 100 : record.ProgressPercent,
            CompletedAt = ends ? _place.Time.GetUtcNow() : record.CompletedAt,
            ValidationErrors = errors ?? record.ValidationErrors,
            Staged = staged ?? record.Staged,
            PromotedToProduction = state == RecoveryState.Promoted,
        });
    }

    /// <summary>Keeps how far it is, where that is further than it was.</summary>
    public void Progress(int percent)
    {
        lock (_gate)
        {
            if (!Current.UnderWay || percent <= Current.ProgressPercent)
                return;
            Write(Current with { ProgressPercent = Math.Min(percent, 99) });
        }
    }

    /// <summary>Removes staging, and then says that there is no recovery.</summary>
    /// <param name="machineLost">Whether another machine that staging is on is gone for good, with its folder and with
    /// what a promotion there left half done.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryStateInvalid"/>: production is half
    /// changed.</exception>
    public void Discard(bool machineLost = false)
    {
        RecoveryTransitions.Check(Current, RecoveryState.NotRecovering);
        var isGone = machineLost && !StagingFolder.IsOfThisMachine(Current.StagingHost);
        if (!isGone && Current.Promotion is { UnderWay: true, Steps.Count: > 0 })
        {
            throw RecoveryTransitions.Refuse(
                Current, "cannot be discarded: its promotion was interrupted",
                "Invoke-GrapPromotion ends the promotion, Undo-GrapPromotion takes it back.");
        }
        if (!isGone && Current.StagingFolder is { } folder)
            StagingFolder.Remove(folder, Current.StagingHost);
        Replace(RecoveryState.NotRecovering, record => new RecoveryRecord
        {
            Database = record.Database,
            Repository = record.Repository,
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            _place.Files.Delete(_place.PathOf(_stopName));
        }
        catch (GrapException)
        {
            // It names this lock and so concerns nobody else; what the run came to is what the caller must hear.
        }
        _lock.Dispose();
    }

    internal void Begin(
        string backupId, RecoveredPart? part, IReadOnlyList<PreflightItem> preflight, string stagingParent) =>
        Replace(RecoveryState.Recovering, record => record with
        {
            BackupId = backupId,
            Part = part,
            StartedAt = _place.Time.GetUtcNow(),
            Preflight = preflight,
            // Written before the folder is made, so that there is never one that no record knows.
            StagingFolder = Path.Combine(stagingParent, $"{record.Database}-{Guid.NewGuid():N}"),
            StagingHost = Environment.MachineName,
            Actor = _place.Actor,
        });

    /// <summary>Goes on with one that was interrupted, in the state that it was in.</summary>
    internal void Resume(IReadOnlyList<PreflightItem> preflight)
    {
        lock (_gate)
        {
            Write(Current with { Preflight = preflight, ResumedAt = _place.Time.GetUtcNow(), Actor = _place.Actor });
            _journal.Append(RecoveryEntry.OfResuming(Current));
        }
    }

    /// <summary>Stops the server that was left running in staging, in peace, so that its files are whole.</summary>
    internal Task StopStagingAsync(CancellationToken cancellation) =>
        StagingFolder.StopServerAsync(Current.StagingFolder, Current.StagingHost, cancellation);

    /// <summary>Begins a promotion.</summary>
    internal void BeginPromotion(PromotionStrategy strategy)
    {
        lock (_gate)
        {
            var promotion = new PromotionRecord
            {
                Id = Guid.NewGuid(),
                Strategy = strategy,
                StartedAt = _place.Time.GetUtcNow(),
                Actor = _place.Actor,
            };
            Write(Current with { Promotion = promotion });
            _journal.Append(RecoveryEntry.OfPromotion(RecoveryEntry.PromotionStarted, Current));
        }
    }

    /// <summary>Says that production holds what the backup holds.</summary>
    internal void Promoted() => Replace(RecoveryState.Promoted, record => record with
    {
        PromotedToProduction = true,
        Promotion = record.Promotion! with
        {
            Stage = PromotionStage.Promoted,
            CompletedAt = _place.Time.GetUtcNow(),
        },
    });

    /// <summary>Says that production holds what it held before, and what was restored waits in staging again.</summary>
    internal void Undone()
    {
        lock (_gate)
        {
            if (Current.State != RecoveryState.RecoverySuccess)
                RecoveryTransitions.Check(Current, RecoveryState.RecoverySuccess);
            Write(Current with
            {
                State = RecoveryState.RecoverySuccess,
                PromotedToProduction = false,
                Promotion = Current.Promotion! with { Stage = PromotionStage.Undone },
            });
            _journal.Append(RecoveryEntry.OfPromotion(RecoveryEntry.PromotionUndone, Current));
        }
    }

    /// <summary>Forgets a promotion, or an undoing, that changed nothing: <paramref name="before"/> is what the record
    /// said before it.</summary>
    internal void AbandonPromotion(PromotionRecord? before)
    {
        lock (_gate)
            Write(Current with { Promotion = before });
    }

    /// <summary>Changes what the record says of its promotion. It is on the disk, synced, when this returns.</summary>
    internal void KeepPromotion(Func<PromotionRecord, PromotionRecord> change)
    {
        lock (_gate)
            Write(Current with { Promotion = change(Current.Promotion!) });
    }

    private void Replace(RecoveryState state, Func<RecoveryRecord, RecoveryRecord> change)
    {
        lock (_gate)
        {
            var before = Current;
            RecoveryTransitions.Check(before, state);
            Write(change(before) with { State = state });
            _journal.Append(RecoveryEntry.Of(before, Current));
        }
    }

    private void Write(RecoveryRecord record)
    {
        if (!_lock.IsHeld())
            throw new GrapException(GrapCondition.LockLost,
                $"Another run took over the recovery of database '{record.Database}'.",
                "Look at it with Get-GrapRecovery.", record.Database);
        record = record with { UpdatedAt = _place.Time.GetUtcNow() };
        _file.Write(record);
        Current = record;
    }
}
