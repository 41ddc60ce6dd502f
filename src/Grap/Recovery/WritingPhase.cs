using System.Collections.Concurrent;
using Grap.Archives;
using Grap.Graphs;
using Grap.Servers;

namespace Grap.Recovery;

/// <summary>Goes through all ranges of one kind with several writers at once. What fails first stops all.</summary>
internal sealed class WritingPhase(IGraphSource source, Session target, CommitLedger ledger, int writers)
{
    private IReadOnlyList<string> _bookmarks = [];
    private long _retries;

    /// <summary>Transactions that were sent again, over all phases.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>Writes everything of <paramref name="kind"/>.</summary>
    public async Task RunAsync(
        BlockKind kind, Func<TransactionWriter, IRangeWriting> make, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ranges = new ConcurrentQueue<long>(source.Ranges(kind));
        var work = Enumerable.Range(0, Math.Min(writers, Math.Max(1, ranges.Count)))
            .Select(number => Task.Run(() => WorkAsync(kind, number, ranges, make, stop), cancellation)).ToList();
        try
        {
            await Task.WhenAll(work).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The failure that stopped the others, not the stopping.
            await work.First(static w => w.IsFaulted).ConfigureAwait(false);
            throw;
        }
        // What one writer created the next phase must see, on whichever member of a cluster it comes to.
        _bookmarks = [.. work.Select(static w => w.Result).OfType<string>()];
    }

    private async Task<string?> WorkAsync(
        BlockKind kind, int number, ConcurrentQueue<long> ranges, Func<TransactionWriter, IRangeWriting> make,
        CancellationTokenSource stop)
    {
        var writer = new TransactionWriter(target, ledger, number, _bookmarks);
        await using (writer.ConfigureAwait(false))
        {
            var writing = make(writer);
            using var held = writing as IDisposable;
            try
            {
                while (ranges.TryDequeue(out var firstId))
                {
                    await source.ReadAsync(
                        kind, firstId, part => writing.TakeAsync(part.Key, part.Content, stop.Token), stop.Token)
                        .ConfigureAwait(false);
                }
                await writing.CompleteAsync(stop.Token).ConfigureAwait(false);
                return writer.Bookmark;
            }
            catch
            {
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
            finally
            {
                Interlocked.Add(ref _retries, writer.Retries);
            }
        }
    }
}
