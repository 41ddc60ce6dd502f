using System.Globalization;
using Grap.Servers.Control;

namespace Grap.OnlineCopy;

/// <summary>What a server says of its database, to be held against a folder.</summary>
/// <param name="CreatedAt">When its store was created, as <c>db.info()</c> tells, to the millisecond.</param>
/// <param name="Acknowledged">A transaction that it has acknowledged.</param>
/// <param name="IsHere">Whether its address is one of this machine.</param>
internal sealed record DatabaseFacts(DateTimeOffset CreatedAt, long Acknowledged, bool IsHere);

/// <summary>
/// Proves that a folder is that of the connected database: its store was created at the same millisecond, its log ends
/// with the transaction that the server committed last, and a process holds its lock. A copy of the folder has the
/// first as well, and the second as long as nobody writes, but no lock. That of a server elsewhere cannot always be
/// seen.
/// </summary>
/// <param name="newest">Asks the server for the transaction that it committed last.</param>
/// <param name="note">Takes a sentence for the manifest.</param>
/// <param name="time">The clock.</param>
internal sealed class FolderProof(Func<Task<long>> newest, Action<string> note, TimeProvider time)
{
    private const string RecordEngine = "record";

    // A transaction is in the log some milliseconds before the server counts it as committed.
    private const int MostQuestions = 20;
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns the id of the folder's store, or throws why it is not the database's: DataFolderUnavailable,
    /// DataFolderMismatch, NotSupported.</summary>
    public async Task<StoreId> ProveAsync(DatabaseFiles files, DatabaseFacts facts, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(facts);
        var store = ReadStoreId(files);
        var log = ReadNewestLog(files, cancellation);
        if (log.Header.Store != store)
        {
            throw CopyFault.Mismatch(files.LogFolder,
                $"its logs are those of another store than '{files.StoreFolder}' holds.");
        }
        if (store.CreatedAt != facts.CreatedAt)
        {
            throw CopyFault.Mismatch(files.StoreFolder, string.Create(CultureInfo.InvariantCulture,
                $"its store was created at {store.CreatedAt:O}, the server's at {facts.CreatedAt:O}."));
        }
        if (log.LastTransaction < facts.Acknowledged)
        {
            throw CopyFault.Mismatch(files.LogFolder, string.Create(CultureInfo.InvariantCulture,
                $"its log ends with transaction {log.LastTransaction}, the server has committed {facts.Acknowledged}."
                ));
        }
        // Before the server is asked again: one that has died holds nothing, and does not answer either.
        var isFree = StoreLock.IsSeenFree(files.StoreFolder);
        for (var questions = 1; await newest().ConfigureAwait(false) is var known && known < log.LastTransaction;
            questions++)
        {
            if (questions == MostQuestions)
            {
                throw CopyFault.Mismatch(files.LogFolder, string.Create(CultureInfo.InvariantCulture,
                    $"its log holds transaction {log.LastTransaction}, the server has only come to {known}."));
            }
            await Task.Delay(s_between, time, cancellation).ConfigureAwait(false);
        }
        if (isFree && facts.IsHere)
        {
            throw CopyFault.Mismatch(files.StoreFolder,
                "the server runs on this machine, and no process holds the lock of these files.");
        }
        if (isFree)
        {
            note("The server's address is not one of this machine, and its lock on the files is not seen here: that "
                + "they are its own is known by their store and last transaction alone.");
        }
        // Last, so that a folder of another database is called that, whatever its format.
        return store.Engine == RecordEngine ? store : throw new GrapException(GrapCondition.NotSupported,
            $"Database '{files.Database}' has the store format {store.Engine}-{store.Format}; "
            + "only record formats can be copied.", "Use -Method Bolt.", files.StoreFolder);
    }

    /// <summary>The id of the store in a database's folder.</summary>
    /// <exception cref="GrapException">DataFolderUnavailable, DataFolderMismatch: there is none.</exception>
    public static StoreId ReadStoreId(DatabaseFiles files)
    {
        var path = Path.Combine(files.StoreFolder, StoreId.FileName);
        using var file = files.OpenStore(StoreId.FileName)
            ?? throw CopyFault.Unavailable(path, $"There is no file '{path}', or this user may not see it.");
        Span<byte> beginning = stackalloc byte[4 * StoreId.MaxSize];
        return StoreId.FromNeostore(beginning[..TransactionLog.Fill(file, 0, beginning)])
            ?? throw CopyFault.Mismatch(path, "it holds no id of a store.");
    }

    /// <summary>The newest log of a database.</summary>
    /// <exception cref="GrapException">DataFolderUnavailable: there is none.</exception>
    public static TransactionLog ReadNewestLog(DatabaseFiles files, CancellationToken cancellation)
    {
        foreach (var candidate in files.Logs().Reverse())
        {
            using var file = files.OpenLog(candidate.Name);
            if (file is not null && TransactionLog.Read(file, candidate.Name, cancellation) is { } log)
                return log;
        }
        throw CopyFault.Unavailable(files.LogFolder, $"Folder '{files.LogFolder}' holds no transaction log.");
    }
}
