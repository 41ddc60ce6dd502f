using Grap.Bolt;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>
/// Watches for commits during one pass over a graph, without asking the server anything extra: every read's bookmark
/// carries the id of the newest transaction committed when that read ended, and an id that never changes from before
/// the first read to after the last one proves that nothing was committed between. Meanwhile one idle read transaction
/// stays open, because while it lives the server reuses no id of a deleted element (docs/exactness.md has the
/// experiments).
/// </summary>
internal sealed class CommitWatch : IAsyncDisposable
{
    private readonly BoltConnection _holder;
    private readonly object _lock = new();
    private long _newest;
    private bool _unreadable;

    private CommitWatch(BoltConnection holder, string bookmark, Guid? databaseId, long first)
    {
        _holder = holder;
        Bookmark = bookmark;
        DatabaseId = databaseId;
        First = _newest = first;
        _unreadable = databaseId is null;
    }

    /// <summary>The bookmark of the pass's beginning; every reading connection waits for it.</summary>
    public string Bookmark { get; }

    /// <summary>The database's uuid, if the bookmark tells.</summary>
    public Guid? DatabaseId { get; }

    /// <summary>The newest transaction when the pass began.</summary>
    public long First { get; }

    /// <summary>The newest transaction that any read saw; null where the server's bookmarks cannot be read.</summary>
    public long? Last
    {
        get
        {
            lock (_lock)
                return _unreadable ? null : _newest;
        }
    }

    /// <summary>True as long as every read saw the transaction of the beginning.</summary>
    public bool Quiet => Last == First;

    /// <summary>Opens the idle transaction on a connection of its own, then asks where the database stands.</summary>
    public static async Task<CommitWatch> StartAsync(
        Session session, BoltConnection asking, CancellationToken cancellation)
    {
        var holder = await session.ConnectAsync(BoltAccessMode.Read, cancellation, asking.Server.Endpoint)
            .ConfigureAwait(false);
        try
        {
            // Zero: never ended by db.transaction.timeout, which would allow reuse of ids in the middle of the pass.
            await holder.BeginAsync(
                new BoltQuery("") { Database = session.Database, Timeout = TimeSpan.Zero }, cancellation)
                .ConfigureAwait(false);
            await holder.ReadAllAsync(new BoltQuery("MATCH (n) RETURN id(n) LIMIT 1"), cancellation)
                .ConfigureAwait(false);
            var bookmark = await asking.ReadBookmarkAsync(session.Database, cancellation).ConfigureAwait(false) ?? "";
            return Grap.Bolt.Bookmark.TryParse(bookmark, out var database, out var transaction)
                ? new CommitWatch(holder, bookmark, database, transaction)
                : new CommitWatch(holder, bookmark, null, 0);
        }
        catch
        {
            await holder.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Takes note of the bookmark of a read. Safe from any thread.</summary>
    public void Saw(string? bookmark)
    {
        lock (_lock)
        {
            if (Grap.Bolt.Bookmark.TryParse(bookmark ?? "", out var database, out var transaction)
                && database == DatabaseId)
                _newest = Math.Max(_newest, transaction);
            else
                _unreadable = true;
        }
    }

    /// <summary>Whether the idle transaction has lived until now. If not, ids may have been reused and the pass is
    /// void.</summary>
    public async Task<bool> StillHoldingAsync(CancellationToken cancellation)
    {
        try
        {
            await _holder.ReadAllAsync(new BoltQuery("RETURN 1"), cancellation).ConfigureAwait(false);
            return true;
        }
        catch (BoltException)
        {
            return false;
        }
    }

    /// <summary>Ends the idle transaction. Giving the connection back rolls back, and does not wait for a server that
    /// is silent, as a rollback by itself would.</summary>
    public ValueTask DisposeAsync() => _holder.DisposeAsync();
}
