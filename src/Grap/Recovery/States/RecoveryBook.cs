using System.Text;
using Grap.Backups;
using Grap.Recovery.Preflight;
using Grap.Recovery.Staging;
using Grap.Repositories;

namespace Grap.Recovery.States;

/// <summary>The recoveries that a repository knows: one for each database, by its name. Reading needs no lock; who
/// changes one holds its lock (<see cref="HeldRecovery"/>).</summary>
public sealed class RecoveryBook
{
    private const int MostBytesOfRequest = 1024;

    private readonly RepositoryPlace _place;
    private readonly Journal _journal;

    /// <summary>Opens it.</summary>
    public RecoveryBook(FolderRepository repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        (_place, _journal) = (repository.Place, repository.Journal);
    }

    /// <summary>Every database that was ever recovered from here, by name.</summary>
    public IReadOnlyList<RecoveryRecord> List() =>
    [
        .. _place.List().Where(static item => !item.IsFolder).Select(static item => RepositoryLayout.RecoveredDatabase(item.Name))
            .OfType<string>().Order(StringComparer.Ordinal).Select(Read),
    ];

    /// <summary>The recovery of one database; NOT_RECOVERING where there never was one.</summary>
    public RecoveryRecord Read(string database)
    {
        var file = new RecoveryFile(_place, Checked(database));
        var record = file.Read();
        if (!record.UnderWay || HasLivingOwner(database))
            return WithServer(record);
        // It may have ended between the two looks.
        var again = file.Read();
        return again with { Interrupted = again == record || again.UnderWay };
    }

    /// <summary>The database that is meant: the one named, or else the only one of which there is something.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryStateInvalid"/>: none, or several.</exception>
    public string Choose(string? named) => named
        ?? List().Where(static r => r.State != RecoveryState.NotRecovering).ToList() switch
        {
            [var only] => only.Database,
            [] => throw new GrapException(GrapCondition.RecoveryStateInvalid, "Nothing is being recovered.",
                "Start-GrapRecovery begins a recovery."),
            var several => throw new GrapException(GrapCondition.RecoveryStateInvalid,
                $"Several databases are being recovered: {string.Join(", ", several.Select(static r => r.Database))}.",
                "Name one with -Database."),
        };

    /// <summary>Begins a recovery: the state is RECOVERING when this returns. What an interrupted, failed or promoted
    /// one left is discarded first.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="preflight">What it needs, and what there is of it.</param>
    /// <param name="stagingParent">Where its staging folder will be made.</param>
    /// <param name="cancellation">Ends the waiting for an owner elsewhere who may be dead.</param>
    /// <param name="part">What of the backup; null for all of it.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryInProgress"/>: another one is under way, or its
    /// result waits.</exception>
    public HeldRecovery Begin(
        Backup backup, IReadOnlyList<PreflightItem> preflight, string stagingParent, CancellationToken cancellation,
        RecoveredPart? part = null) =>
        BeginOrResume(backup, preflight, stagingParent, part, static _ => false, cancellation);

    /// <summary>The same, but an interrupted recovery is gone on with, in the state that it was in, where
    /// <paramref name="resumes"/> says so of its record.</summary>
    internal HeldRecovery BeginOrResume(
        Backup backup, IReadOnlyList<PreflightItem> preflight, string stagingParent, RecoveredPart? part,
        Func<RecoveryRecord, bool> resumes, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(backup);
        ArgumentException.ThrowIfNullOrEmpty(stagingParent);
        var held = Hold(backup.Database, $"recover backup {backup.Id}", cancellation);
        try
        {
            ExpectNoneWaits(held.Current);
            if (held.Current.UnderWay && resumes(held.Current))
            {
                held.Resume(preflight);
                return held;
            }
            if (held.Current.State != RecoveryState.NotRecovering)
                held.Discard();
            held.Begin(backup.Id, part, preflight, stagingParent);
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Writes down that a backup cannot be recovered here: RECOVERY_FAILED, with the reasons, and nothing was restored.
    /// What is there and of use is not given up for that: a promotion that can be undone, and an interrupted recovery that
    /// can be gone on with.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="preflight">What it needs, and what there is of it.</param>
    /// <param name="stagingParent">Where its staging folder would have been made.</param>
    /// <param name="part">What of the backup; null for all of it.</param>
    /// <param name="reasons">Why not, each as sentences.</param>
    /// <param name="cancellation">Ends the waiting for an owner elsewhere who may be dead.</param>
    /// <returns>The record; null where it stays as it was.</returns>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryInProgress"/>.</exception>
    internal RecoveryRecord? Refuse(
        Backup backup, IReadOnlyList<PreflightItem> preflight, string stagingParent, RecoveredPart? part,
        IReadOnlyList<string> reasons, CancellationToken cancellation)
    {
        using var held = Hold(backup.Database, $"recover backup {backup.Id}", cancellation);
        ExpectNoneWaits(held.Current);
        if (held.Current.State == RecoveryState.Promoted || StagingRest.IsThere(held.Current))
            return null;
        if (held.Current.State != RecoveryState.NotRecovering)
            held.Discard();
        held.Begin(backup.Id, part, preflight, stagingParent);
        held.MoveTo(RecoveryState.RecoveryFailed, reasons);
        return held.Current;
    }

    /// <summary>Refuses another recovery where a validated result waits.</summary>
    internal static void ExpectNoneWaits(RecoveryRecord record)
    {
        if (record.State == RecoveryState.RecoverySuccess)
            throw InProgress(record, "its validated result waits in staging");
    }

    /// <summary>Takes a recovery's lock, over a dead owner if there is one: for whoever promotes or resets
    /// it.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryInProgress"/>.</exception>
    public HeldRecovery Hold(string database, string operation, CancellationToken cancellation)
    {
        LockFile file;
        try
        {
            file = LockFile.Acquire(
                _place, RepositoryLayout.RecoveryLock(Checked(database)), operation, TimeSpan.Zero, heartbeat: true,
                cancellation);
        }
        catch (GrapException held) when (held.Condition == GrapCondition.RepositoryLocked)
        {
            throw InProgress(new RecoveryFile(_place, database).Read(), "a process works on it", held);
        }
        try
        {
            return new HeldRecovery(_place, _journal, database, file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Discards what there is: staging is removed and the state is NOT_RECOVERING. Also ends a recovery that
    /// was interrupted.</summary>
    /// <param name="database">The database.</param>
    /// <param name="machineLost">Whether another machine that staging is on is gone for good: its folder is
    /// forgotten.</param>
    /// <param name="cancellation">Ends the waiting for an owner elsewhere who may be dead.</param>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryInProgress"/>: a process works on it;
    /// <see cref="GrapCondition.DataFolderInUse"/>: a server runs in staging.</exception>
    public RecoveryRecord Reset(string database, bool machineLost, CancellationToken cancellation)
    {
        using var held = Hold(database, "reset", cancellation);
        if (held.Current.State != RecoveryState.NotRecovering)
            held.Discard(machineLost);
        return held.Current;
    }

    /// <summary>Asks the process that works on a recovery to stop and roll back, which it does within a second or two;
    /// returns when it has. An interrupted one is rolled back here. Of one that has ended, the server that was left
    /// running is stopped.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.RecoveryStateInvalid"/>: none is under way, and no
    /// server was left running.</exception>
    public async Task<RecoveryRecord> StopAsync(string database, CancellationToken cancellation)
    {
        var record = Read(database);
        if (record is { UnderWay: false, StagingServer: not null })
        {
            using var held = Hold(database, "stop staging", cancellation);
            await held.StopStagingAsync(cancellation).ConfigureAwait(false);
            return Read(database);
        }
        if (!record.UnderWay)
            throw RecoveryTransitions.Refuse(record, "cannot be stopped");
        while (record.UnderWay && !record.Interrupted)
        {
            if (OwnerOf(database) is { } owner)
                Request(database, owner.Token);
            await Task.Delay(HeldRecovery.PollInterval, _place.Time, cancellation).ConfigureAwait(false);
            record = Read(database);
        }
        return record.Interrupted ? Reset(database, machineLost: false, cancellation) : record;
    }

    /// <summary>The record, with the server that runs in its staging folder.</summary>
    internal static RecoveryRecord WithServer(RecoveryRecord record) => record with
    {
        StagingServer = StagingFolder.FindServer(record.StagingFolder, record.StagingHost),
    };

    private void Request(string database, string token)
    {
        var name = RepositoryLayout.RecoveryStop(database);
        if (_place.Read(name, MostBytesOfRequest) is { } standing)
        {
            if (Encoding.ASCII.GetString(standing) == token)
                return;
            // Meant for a run of the past.
            _place.Files.Delete(_place.PathOf(name));
        }
        // Not synced: a run that this is meant for does not outlive a power failure, and others see what is closed.
        using var file = _place.Files.CreateNew(_place.PathOf(name));
        file?.Append(Encoding.ASCII.GetBytes(token));
    }

    private LockOwner? OwnerOf(string database) =>
        LockWatch.Read(_place, _place.PathOf(RepositoryLayout.RecoveryLock(database))) is { } content
            ? LockOwner.Parse(content)
            : null;

    // An owner elsewhere counts as alive here: only who waits for its lock for a minute can know.
    private bool HasLivingOwner(string database) =>
        OwnerOf(database) is { } owner && _place.Processes.IsRunning(owner.Process) != false;

    private static string Checked(string database) => RepositoryLayout.IsDatabaseName(database)
        ? database
        : throw new GrapException(GrapCondition.SettingInvalid, $"'{database}' is no name of a database.",
            "Names have 1 to 63 letters, digits, dots and dashes.", database);

    private static GrapException InProgress(RecoveryRecord first, string why, Exception? inner = null) => new(
        GrapCondition.RecoveryInProgress,
        $"Database '{first.Database}' is being recovered from backup '{first.BackupId}' ({first.Status}, begun by "
        + $"{first.Actor} at {first.StartedAt?.ToString("u", System.Globalization.CultureInfo.InvariantCulture)}): {why}.",
        "Wait for it with Wait-GrapRecovery, end it with Stop-GrapRecovery, or discard its result with "
        + "Reset-GrapRecovery.", first.Database, inner);
}
