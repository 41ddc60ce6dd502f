using System.Collections.Concurrent;
using System.Globalization;
using Grap.Backups;
using Grap.OnlineCopy;
using Grap.Recovery.Staging;
using Grap.Recovery.States;
using Grap.Servers;
using Grap.Servers.Control;
using Grap.Servers.Installations;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>Finds out whether folders can be exchanged, before anything is touched.</summary>
internal sealed class SwapPreflight(SwapOptions options)
{
    /// <summary>Finds production's folders and what is in the way.</summary>
    /// <param name="recovery">The recovery.</param>
    /// <param name="staged">Its files.</param>
    /// <param name="production">A session to production; null where it is unavailable.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="GrapException">It cannot be done; the message says why not.</exception>
    public async Task<SwapGround> FindAsync(
        RecoveryRecord recovery, StagedStore staged, Session? production, CancellationToken cancellation)
    {
        var control = options.Control.Create(options.Time);
        var (live, database) = production is null
            ? (FindUnasked(recovery.Database), null)
            : await FindConnectedAsync(production, cancellation).ConfigureAwait(false);
        if (production is not null)
            ExpectVersion(recovery, production.ServerVersion, production.Edition);
        else
            ExpectSameKind(recovery, live, staged, cancellation);
        ExpectPlainFolders(live);
        ExpectRights(live, control);
        ExpectSpace(live, staged);
        return new SwapGround(live, options.Control, production is null) { DatabaseId = database };
    }

    /// <summary>Refuses to take production for unavailable while it answers: then it can have a safety
    /// backup.</summary>
    public static async Task ExpectUnavailableAsync(
        DatabaseFiles live, SessionOptions login, CancellationToken cancellation)
    {
        string? obstacle;
        try
        {
            obstacle = await new ServerPresence(login, live.StoreFolder).FindObstacleAsync(cancellation)
                .ConfigureAwait(false);
        }
        catch (GrapException failed) when (failed.Condition == GrapCondition.ServerNotStarted)
        {
            return;
        }
        if (obstacle is null)
        {
            throw new GrapException(GrapCondition.SettingInvalid,
                $"Production at {login.Address} is said to be unavailable, and it answers.",
                "Leave out -ProductionUnavailable, so that a safety backup is taken first.", login.Address.ToString());
        }
    }

    private async Task<(DatabaseFiles Live, Guid? Database)> FindConnectedAsync(
        Session production, CancellationToken cancellation)
    {
        var line = await ReadingConnection.OpenAsync(production, null, new ConcurrentQueue<string>(), cancellation)
            .ConfigureAwait(false);
        await using var closing = line.ConfigureAwait(false);
        var database = new ConnectedDatabase(production, line);
        var (id, newest) = await database.NewestAsync(cancellation).ConfigureAwait(false);
        var (files, _) = await database.FindFilesAsync(options.DataFolder, newest, options.Time, cancellation)
            .ConfigureAwait(false);
        // Wherever its address leads: what is stopped and started is on this machine.
        if (StoreLock.IsSeenFree(files.StoreFolder))
            throw CopyFault.Mismatch(files.StoreFolder, "the server runs, and no process holds the lock of these files.");
        return (files, id);
    }

    private DatabaseFiles FindUnasked(string database)
    {
        var live = new DataFolderFinder(options.DataFolder).Find(database, told: null, local: false)[0].Files;
        foreach (var parent in new[] { Path.GetDirectoryName(live.StoreFolder)!, live.LogRoot })
        {
            if (!Directory.Exists(parent))
                throw CopyFault.Unavailable(parent, $"There is no folder '{parent}', or this user may not see it.");
        }
        return live;
    }

    private static void ExpectVersion(RecoveryRecord recovery, string version, string? edition)
    {
        var staged = Staged(recovery);
        if (staged.ServerVersion == version && (edition is null || staged.Edition == edition))
            return;
        throw new GrapException(GrapCondition.NotSupported,
            $"Staging was written by Neo4j {staged.ServerVersion} ({staged.Edition}), and production is Neo4j {version}"
            + (edition is null ? "" : $" ({edition})") + ": its files are only for the same.",
            "Promote with -Strategy Apply, or put production's version beside the other installations, set NEO4J_HOME "
            + "to it and recover a logical backup again.", recovery.Database);
    }

    // Nobody can be asked. What the installation and the damaged store still say is looked at.
    private void ExpectSameKind(
        RecoveryRecord recovery, DatabaseFiles live, StagedStore staged, CancellationToken cancellation)
    {
        if (options.Control.Home is { } home && Neo4jInstallation.TryAt(home) is { } installation)
        {
            ExpectVersion(recovery, installation.Version, edition: null);
            return;
        }
        var (engine, format) = (staged.Identity.Store.Engine, staged.Identity.Store.Format);
        if (StoreIdentity.TryRead(live, cancellation) is { } before
            && (before.Store.Engine, before.Store.Format) != (engine, format))
        {
            throw new GrapException(GrapCondition.NotSupported,
                $"The store in '{live.StoreFolder}' has the format {before.Store.Engine}-{before.Store.Format}, and "
                + $"staging's is {engine}-{format}.", "Recover the backup with the Neo4j that production is.",
                live.StoreFolder);
        }
    }

    private static StagedContent Staged(RecoveryRecord recovery) => recovery.Staged
        ?? throw new GrapException(GrapCondition.RecoveryStateInvalid,
            $"The recovery of database '{recovery.Database}' does not say what wrote its staging folder.",
            "Recover the backup again: Reset-GrapRecovery, then Start-GrapRecovery.", recovery.Database);

    private static void ExpectPlainFolders(DatabaseFiles live)
    {
        var mounts = DriveInfo.GetDrives().Select(static drive => Path.TrimEndingDirectorySeparator(drive.Name))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var folder in new[] { live.StoreFolder, live.LogFolder })
        {
            var what = new DirectoryInfo(folder).LinkTarget is not null ? "a link"
                : mounts.Contains(folder) ? "a mounted file system"
                : null;
            if (what is not null)
            {
                throw new GrapException(GrapCondition.NotSupported,
                    $"'{folder}' is {what}, and cannot be exchanged by renaming.",
                    "Promote with -Strategy Apply, or mount the folder above it.", folder);
            }
        }
    }

    private static void ExpectRights(DatabaseFiles live, IServerControl control)
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach (var folder in new[] { live.StoreFolder, live.LogFolder })
        {
            var parent = Path.GetDirectoryName(folder)!;
            var owner = UnixOwner.Of(Directory.Exists(folder) ? folder : parent);
            if (!UnixOwner.MayChange(parent) || !owner.CanBeGivenTo)
            {
                throw new GrapException(GrapCondition.DataFolderUnavailable,
                    $"This user may not exchange folders in '{parent}', which belong to user {owner.User}.",
                    "Run Grap as that user, or as root.", parent);
            }
            if (control.StartsAsThisUser && !owner.IsThisUser)
            {
                throw new GrapException(GrapCondition.SettingInvalid,
                    $"The files in '{folder}' belong to user {owner.User}, and {control.Description} would run the "
                    + "server as the user that runs Grap.",
                    "Run Grap as that user, or say how the server is started as that user: its systemd unit, or two "
                    + "commands.", folder);
            }
        }
    }

    private static void ExpectSpace(DatabaseFiles live, StagedStore staged)
    {
        var stores = Free(Path.GetDirectoryName(live.StoreFolder)!);
        var logs = Free(live.LogRoot);
        // Two file systems with the same space to the byte are rather one.
        if (stores == logs ? stores >= staged.TotalBytes : stores >= staged.StoreBytes && logs >= staged.LogBytes)
            return;
        throw FolderFault.Full(string.Create(CultureInfo.InvariantCulture,
            $"There is no room for the new database beside the old one in '{live.DataFolder}': it needs "
            + $"{Megabytes(staged.TotalBytes)} MiB, and {Megabytes(Math.Min(stores, logs))} MiB are free."));
    }

    private static long Free(string folder) => new DriveInfo(folder).AvailableFreeSpace;

    private static string Megabytes(long bytes) =>
        (bytes / (double)(1 << 20)).ToString("N0", CultureInfo.InvariantCulture);
}
