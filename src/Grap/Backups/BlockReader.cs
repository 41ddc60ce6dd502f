using Grap.Archives;
using Grap.Bolt;
using Grap.Bolt.PackStream;
using Grap.Servers;

namespace Grap.Backups;

/// <summary>
/// Reads blocks over one connection. Rows grow and shrink with what they hold; a lost connection is opened again and
/// reading goes on at the first id that had not arrived; a row that is too large for the server's transaction memory,
/// or for us, is asked for in smaller ones.
/// </summary>
internal sealed class BlockReader(
    ReadingConnection line, ElementQueries queries, CommitWatch watch, BlockBuffers buffers, ProjectionFilter? filter,
    SemaphoreSlim alone)
{
    // A server whose memory is taken by somebody else gets this many chances, a second apart, for a single element.
    private const int PatienceForOne = 20;

    private readonly RowSize _row = new();

    /// <summary>Reads one block of <paramref name="space"/> and hands its parts to
    /// <paramref name="sink"/>.</summary>
    public async Task ReadAsync(IdSpace space, long firstId, IBlockSink sink)
    {
        var cutter = new BlockCutter(space.Kind, buffers, filter);
        cutter.Begin(firstId);
        try
        {
            var place = space.Ids is null
                ? (ReadingPlace)new RangePlace(
                    space.Kind, firstId, Math.Min(firstId + BlockKey.RangeLength, space.Bound.Exclusive))
                : new ListPlace(space.Kind, space.IdsOf(firstId));
            var refusals = 0;
            while (!place.AtEnd)
            {
                try
                {
                    await ReadRowsAsync(place, cutter, sink).ConfigureAwait(false);
                    refusals = 0;
                }
                catch (BoltException failure) when (ServerCodes.MeansOutOfMemory(failure))
                {
                    if (!_row.Shrink() && ++refusals > PatienceForOne)
                        throw TooLarge(place, failure);
                    line.Note($"The server ran out of transaction memory at {place}; rows were made smaller.");
                    if (refusals > 0)
                        await Task.Delay(TimeSpan.FromSeconds(1), sink.Stopping).ConfigureAwait(false);
                }
                catch (BoltException failure) when (failure.Kind == BoltErrorKind.MessageTooLarge)
                {
                    if (!_row.Shrink())
                        throw;
                    await line.ReopenAsync(failure, sink.Stopping).ConfigureAwait(false);
                }
                catch (BoltException failure) when (ReadingConnection.IsLoss(failure))
                {
                    await line.ReopenAsync(failure, sink.Stopping).ConfigureAwait(false);
                    line.Note($"A connection was lost ({failure.Kind}); reading resumed at {place}.");
                }
            }
            if (cutter.Finish() is { } last)
                await sink.SubmitAsync(last).ConfigureAwait(false);
        }
        finally
        {
            cutter.Abandon();
        }
    }

    private async Task ReadRowsAsync(ReadingPlace place, BlockCutter cutter, IBlockSink sink)
    {
        // A row of few ids means elements of a MiB and more: such rows are read by one connection at a time.
        var sole = _row.Step <= 2;
        if (sole)
            await alone.WaitAsync(sink.Stopping).ConfigureAwait(false);
        try
        {
            var (query, step) = place.Next(queries, _row.Step);
            query = query with
            {
                FetchSize = _row.FetchSize,
                MaxRecordBytes = step == 1 ? int.MaxValue : RowSize.MostBytes,
            };
            var cursor = await line.Current.RunAsync(query, sink.Stopping).ConfigureAwait(false);
            await using (cursor.ConfigureAwait(false))
            {
                while (await cursor.ReadAsync(sink.Stopping).ConfigureAwait(false))
                {
                    var length = cursor.Record.Length;
                    var begin = await CutAsync(cursor, cutter, sink).ConfigureAwait(false);
                    place.MoveBehind(begin, step);
                    line.Arrived();
                    _row.Saw(step, length);
                    if (length > RowSize.AlarmingBytes && _row.Step < step)
                        return;
                }
                watch.Saw(cursor.Summary?.Bookmark);
            }
        }
        finally
        {
            if (sole)
                alone.Release();
        }
    }

    private static async ValueTask<long> CutAsync(BoltCursor cursor, BlockCutter cutter, IBlockSink sink)
    {
        var record = cursor.Record;
        var (begin, remaining, position) = ReadRowHead(record.Span);
        if (remaining == 1 && record.Length - position > BlockCutter.PartBytes)
        {
            if (cutter.Finish() is { } before)
                await sink.SubmitAsync(before).ConfigureAwait(false);
            if (cutter.TakeWhole(cursor.TakeRecord(out var head), head + position) is { } whole)
                await sink.SubmitAsync(whole).ConfigureAwait(false);
            return begin;
        }
        while (remaining > 0)
        {
            if (cutter.Take(record.Span, ref position, ref remaining) is { } part)
                await sink.SubmitAsync(part).ConfigureAwait(false);
        }
        return begin;
    }

    private static (long Begin, int Count, int Position) ReadRowHead(ReadOnlySpan<byte> record)
    {
        var reader = new PackStreamReader(record);
        reader.ReadListHeader();
        var begin = reader.ReadInteger();
        var count = reader.ReadListHeader();
        return (begin, count, reader.Position);
    }

    private static GrapException TooLarge(ReadingPlace place, BoltException failure) => new(
        GrapCondition.ElementTooLarge,
        $"The server has not enough transaction memory to return the single element at {place}: {failure.Message}",
        "Raise dbms.memory.transaction.total.max (or server.memory.heap.max_size) on the server, "
        + "or back up when it is less busy.",
        inner: failure);
}
