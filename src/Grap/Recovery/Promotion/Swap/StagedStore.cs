using Grap.OnlineCopy;
using Grap.Recovery.Staging;
using Grap.Recovery.States;
using Grap.Servers.Control;
using Grap.Servers.Installations;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>The files that a recovery restored and validated.</summary>
/// <param name="Files">Where.</param>
/// <param name="Identity">What they are.</param>
/// <param name="StoreBytes">Size of the store folder, in bytes.</param>
/// <param name="LogBytes">Size of the log folder, in bytes.</param>
internal sealed record StagedStore(DatabaseFiles Files, StoreIdentity Identity, long StoreBytes, long LogBytes)
{
    /// <summary>Bytes in all.</summary>
    public long TotalBytes => StoreBytes + LogBytes;

    /// <summary>Finds them in the staging folder of a recovery.</summary>
    /// <exception cref="GrapException"><see cref="GrapCondition.NotSupported"/>: staging is on another machine;
    /// <see cref="GrapCondition.RecoveryStateInvalid"/>: it is not there any more;
    /// <see cref="GrapCondition.DataFolderInUse"/>: a server runs on it.</exception>
    public static StagedStore Find(RecoveryRecord recovery, CancellationToken cancellation)
    {
        if (!StagingFolder.IsOfThisMachine(recovery.StagingHost))
        {
            throw new GrapException(GrapCondition.NotSupported,
                $"The staging folder '{recovery.StagingFolder}' is on machine '{recovery.StagingHost}', not on this "
                + "one.",
                $"Run the command on '{recovery.StagingHost}', or recover the backup again on the server's machine.",
                recovery.StagingFolder);
        }
        if (recovery.StagingFolder is not { } folder || !Directory.Exists(folder))
            throw Gone(recovery);
        var found = Directory.EnumerateDirectories(folder)
            .Select(server => new DatabaseFiles(recovery.Database, Path.Combine(server, "data")))
            .Where(static files => Directory.Exists(files.StoreFolder)).ToList();
        if (found is not [var files])
            throw Gone(recovery);
        // A server that was left running only reads, and is stopped before anything is promoted.
        if (StagingFolder.FindServer(folder, recovery.StagingHost) is null
            && (ServerFolder.IsInUse(folder) || StoreLock.FindHeld(files.StoreFolder) is not null))
        {
            throw new GrapException(GrapCondition.DataFolderInUse,
                $"A server runs on the staging folder '{folder}'.", "Stop it first.", folder);
        }
        return new StagedStore(files, StoreIdentity.Read(files, cancellation),
            Size(files.StoreFolder), Size(files.LogFolder));
    }

    private static long Size(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length);

    private static GrapException Gone(RecoveryRecord recovery) => new(GrapCondition.RecoveryStateInvalid,
        $"The staging folder '{recovery.StagingFolder}' does not hold database '{recovery.Database}'.",
        "Recover the backup again: Reset-GrapRecovery, then Start-GrapRecovery.", recovery.StagingFolder);
}
