using System.Diagnostics;
using System.Globalization;
using Grap.Bolt;
using Grap.OnlineCopy;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>What the connected server tells of its database's files.</summary>
internal sealed class ConnectedDatabase(Session session, ReadingConnection line)
{
    /// <summary>Finds the database's files and proves that they are its.</summary>
    /// <param name="hints">Where they may be.</param>
    /// <param name="acknowledged">A transaction that the server has acknowledged.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="GrapException">DataFolderUnavailable, DataFolderMismatch or NotSupported.</exception>
    public async Task<(DatabaseFiles Files, StoreId Store)> FindFilesAsync(
        DataFolderHints hints, long acknowledged, TimeProvider time, CancellationToken cancellation)
    {
        var told = await line.AskAsync(
            asked => ServerDirectories.AskAsync(asked, session, cancellation), cancellation).ConfigureAwait(false);
        var local = await DataFolderFinder.IsLocalAsync(line.Endpoint.Host, cancellation).ConfigureAwait(false);
        var candidates = new DataFolderFinder(hints).Find(session.Database, told, local);
        var facts = new DatabaseFacts(await CreatedAtAsync(cancellation).ConfigureAwait(false), acknowledged, local);
        var proof = new FolderProof(
            async () => (await NewestAsync(cancellation).ConfigureAwait(false)).Transaction, line.Note, time);
        foreach (var candidate in candidates)
        {
            try
            {
                return (candidate.Files,
                    await proof.ProveAsync(candidate.Files, facts, cancellation).ConfigureAwait(false));
            }
            catch (GrapException failure) when (candidate != candidates[^1] && failure.Condition
                is GrapCondition.DataFolderUnavailable or GrapCondition.DataFolderMismatch)
            {
                // The configuration of an installation may be another server's: what this one says comes next.
            }
        }
        throw new UnreachableException();
    }

    /// <summary>When its store was created, to the millisecond.</summary>
    public async Task<DateTimeOffset> CreatedAtAsync(CancellationToken cancellation)
    {
        var rows = await line.AskAsync(asked => asked.ReadAllAsync(
            new BoltQuery(session.CypherPrefix + "CALL db.info() YIELD creationDate RETURN creationDate")
            {
                Database = session.Database,
            }, cancellation), cancellation).ConfigureAwait(false);
        return DateTimeOffset.TryParse(rows.FirstOrDefault()?[0] as string, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var created)
            ? created
            : throw CopyFault.Mismatch(session.Database, "the server does not tell when its store was created.");
    }

    /// <summary>The database's uuid and the transaction that it committed last.</summary>
    public async Task<(Guid Database, long Transaction)> NewestAsync(CancellationToken cancellation)
    {
        var bookmark = await line.AskAsync(
            asked => asked.ReadBookmarkAsync(session.Database, cancellation), cancellation).ConfigureAwait(false);
        return Bookmark.TryParse(bookmark, out var database, out var transaction)
            ? (database, transaction)
            : throw CopyFault.Mismatch(session.Database, "the server's bookmarks do not tell its last transaction.");
    }
}
