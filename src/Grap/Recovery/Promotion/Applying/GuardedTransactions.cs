using System.Globalization;
using Grap.Backups;
using Grap.Bolt;
using Grap.Servers;

namespace Grap.Recovery.Promotion.Applying;

/// <summary>
/// Commits transactions only while nobody else does: each is committed only if the newest transaction, as another
/// connection sees it, is still the one before, when this one already holds the locks of everything that it writes.
/// So whoever wrote to any of it was either seen, or comes after. Every transaction carries the promotion's mark, by
/// which a lost answer to COMMIT is made up for.
/// </summary>
/// <param name="session">Production.</param>
/// <param name="mark">The mark.</param>
/// <param name="step">The number of the last step that the mark may carry.</param>
/// <param name="newest">The newest transaction there is to be.</param>
internal sealed class GuardedTransactions(Session session, PromotionMark mark, long step, long newest)
    : IAsyncDisposable
{
    private const int MostAttempts = 10;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_letGoLimit = TimeSpan.FromMinutes(2);

    private readonly WritingConnection _writing = new(session);
    private BoltConnection? _watching;

    /// <summary>The newest transaction: that of the beginning, or the last of this promotion's own.</summary>
    public long Newest { get; private set; } = newest;

    /// <summary>The newest transaction as it would be had only this promotion committed: what is newer than this is not
    /// known to be its own.</summary>
    public long Own { get; private set; } = newest;

    /// <summary>The number of the transaction that is under way, or was last.</summary>
    public long Step { get; private set; } = step;

    /// <summary>Whether COMMIT was sent, and what became of it is not known.</summary>
    public bool InDoubt { get; private set; }

    /// <summary>Where others committed between the look for it and a commit: a sentence about it; null where nobody
    /// did, or nobody is known to have. They touched nothing that the commit wrote.</summary>
    public string? Slipped { get; private set; }

    /// <summary>
    /// Runs one transaction and commits it. False, and nothing was changed, where somebody else has committed since
    /// <see cref="Newest"/>. What fails for a passing reason is tried again.
    /// </summary>
    /// <param name="write">Writes; called again for every attempt.</param>
    /// <param name="beforeCommit">Called before COMMIT, when everything is written, with the server's name for the
    /// connection.</param>
    /// <param name="cancellation">Stops it before COMMIT, and rolls back.</param>
    public async Task<bool> TryCommitAsync(
        Func<BoltConnection, Task> write, Action<string?>? beforeCommit, CancellationToken cancellation)
    {
        Step++;
        for (var attempt = 1; ; attempt++)
        {
            var sent = false;
            try
            {
                var connection = await _writing.GetAsync(cancellation).ConfigureAwait(false);
                await BeginAsync(connection, cancellation).ConfigureAwait(false);
                await write(connection).ConfigureAwait(false);
                await mark.WriteAsync(connection, Step, cancellation).ConfigureAwait(false);
                beforeCommit?.Invoke(connection.Server.ConnectionId);
                if (await AskNewestAsync(connection.Server.Endpoint, cancellation).ConfigureAwait(false) != Newest)
                {
                    await connection.RollbackAsync(cancellation).ConfigureAwait(false);
                    return false;
                }
                sent = InDoubt = true;
                // From here on there is no way back: the answer is waited for.
                Confirm(await connection.CommitAsync(CancellationToken.None).ConfigureAwait(false));
                _writing.Arrived();
                return true;
            }
            catch (GrapException changed) when (changed.Condition == GrapCondition.TargetChanged)
            {
                await _writing.RollbackAsync(cancellation).ConfigureAwait(false);
                if (await IsQuietAsync(cancellation).ConfigureAwait(false))
                    throw;
                return false;
            }
            catch (BoltException failure)
            {
                var (lost, over) = (ReadingConnection.IsLoss(failure), _writing.Id);
                if (lost)
                {
                    await CloseWatchAsync().ConfigureAwait(false);
                    await _writing.PauseAsync(failure, cancellation).ConfigureAwait(false);
                }
                if (sent && await WasCommittedAsync(over, Step, cancellation).ConfigureAwait(false))
                {
                    Confirm(null);
                    return true;
                }
                InDoubt = false;
                if (lost)
                    continue;
                if (ServerCodes.MeansOutOfMemory(failure))
                    throw;
                if (failure.IsRetriable && attempt < MostAttempts)
                    await Task.Delay(s_pause * attempt, cancellation).ConfigureAwait(false);
                else if (await IsQuietAsync(cancellation).ConfigureAwait(false))
                    throw;
                else
                    return false;
            }
        }
    }

    /// <summary>Whether the transaction of this step was committed; waits until the server has let go of it.</summary>
    /// <param name="connectionId">The server's name for the connection that it was sent over; null where that is not
    /// known.</param>
    /// <param name="sought">The step.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public Task<bool> WasCommittedAsync(string? connectionId, long sought, CancellationToken cancellation) =>
        _writing.AskAsync(async connection =>
        {
            await WaitUntilLetGoAsync(connection, connectionId, cancellation).ConfigureAwait(false);
            return await mark.ReadAsync(connection, cancellation).ConfigureAwait(false) >= sought;
        }, cancellation);

    /// <summary>Does something that commits by itself, and may be done twice.</summary>
    public Task<T> AskAsync<T>(Func<BoltConnection, Task<T>> work, CancellationToken cancellation) =>
        _writing.AskAsync(work, cancellation);

    /// <summary>Whether nobody else has committed since <see cref="Newest"/>.</summary>
    public async Task<bool> IsQuietAsync(CancellationToken cancellation) =>
        await ReadNewestAsync(cancellation).ConfigureAwait(false) == Newest;

    /// <summary>Counts transactions of this promotion's own that were committed by themselves. False where more than
    /// those were committed.</summary>
    public async Task<bool> AdvanceAsync(long own, CancellationToken cancellation)
    {
        Own += own;
        if (await ReadNewestAsync(cancellation).ConfigureAwait(false) is not { } newest || newest - Newest > own)
            return false;
        Newest = newest;
        return true;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CloseWatchAsync().ConfigureAwait(false);
        await _writing.DisposeAsync().ConfigureAwait(false);
    }

    private Task<long?> ReadNewestAsync(CancellationToken cancellation) => _writing.AskAsync(
        connection => AskNewestAsync(connection.Server.Endpoint, cancellation), cancellation);

    private ValueTask BeginAsync(BoltConnection connection, CancellationToken cancellation) => connection.BeginAsync(
        new BoltQuery("")
        {
            Database = session.Database,
            Mode = BoltAccessMode.Write,
            // A limit of the server's for its users' queries is none for a promotion.
            Timeout = TimeSpan.Zero,
        }, cancellation);

    // Over another connection to the same server; null where its bookmarks cannot be read.
    private async Task<long?> AskNewestAsync(BoltEndpoint endpoint, CancellationToken cancellation)
    {
        if (_watching is not { IsOpen: true })
        {
            await CloseWatchAsync().ConfigureAwait(false);
            _watching = await session.ConnectAsync(BoltAccessMode.Read, cancellation, endpoint).ConfigureAwait(false);
        }
        var bookmark = await _watching.ReadBookmarkAsync(session.Database, cancellation).ConfigureAwait(false);
        return Bookmark.TryParse(bookmark, out _, out var transaction) ? transaction : null;
    }

    private void Confirm(string? bookmark)
    {
        // A lost answer tells no number: it is the next, or others came between.
        var own = Bookmark.TryParse(bookmark, out _, out var transaction) ? transaction : Newest + 1;
        if (own != Newest + 1)
        {
            Slipped = string.Create(CultureInfo.InvariantCulture,
                $"Others committed at the very moment of a commit, which is one of the transactions {Newest + 1} to {own}. ")
                + "It wrote nothing of what they wrote.";
        }
        Own++;
        (Newest, InDoubt) = (own, false);
    }

    private async Task WaitUntilLetGoAsync(
        BoltConnection connection, string? connectionId, CancellationToken cancellation)
    {
        if (connectionId is null || connectionId == connection.Server.ConnectionId)
            return;
        var query = new BoltQuery("SHOW TRANSACTIONS YIELD connectionId RETURN connectionId")
        {
            Database = session.Database,
        };
        using var limit = new CancellationTokenSource(s_letGoLimit);
        while (true)
        {
            var rows = await connection.ReadAllAsync(query, cancellation).ConfigureAwait(false);
            if (!rows.Exists(row => row[0] as string == connectionId))
                return;
            if (limit.IsCancellationRequested)
            {
                throw new GrapException(GrapCondition.PromotionFailed,
                    $"{session.Uri} still runs a transaction of the promotion whose connection was lost long ago.",
                    "End it (TERMINATE TRANSACTIONS), then run the command again: it finds out what became of it.",
                    session.Uri);
            }
            await Task.Delay(s_pause, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask CloseWatchAsync()
    {
        var closing = _watching;
        _watching = null;
        if (closing is not null)
            await closing.DisposeAsync().ConfigureAwait(false);
    }
}
