using Grap.OnlineCopy;

namespace Grap.Recovery.Promotion.Swap;

/// <summary>What tells one state of one store from all others: its id, and the last transaction in its log.</summary>
internal sealed record StoreIdentity(StoreId Store, long LastTransaction)
{
    /// <summary>Reads it from the files of a database that is stopped.</summary>
    /// <exception cref="GrapException">DataFolderUnavailable, DataFolderMismatch: there is none to be read;
    /// NotSupported: a layout that is not known.</exception>
    public static StoreIdentity Read(DatabaseFiles files, CancellationToken cancellation) => new(
        FolderProof.ReadStoreId(files), FolderProof.ReadNewestLog(files, cancellation).LastTransaction);

    /// <summary>The same; null where the files are damaged.</summary>
    public static StoreIdentity? TryRead(DatabaseFiles files, CancellationToken cancellation)
    {
        try
        {
            return Read(files, cancellation);
        }
        catch (GrapException)
        {
            return null; // that a store is damaged is why it is exchanged
        }
    }
}
