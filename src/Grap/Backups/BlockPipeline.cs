using System.IO.Hashing;
using System.Threading.Channels;
using Grap.Archives;
using Grap.Graphs;

namespace Grap.Backups;

/// <summary>
/// From raw blocks to the file: encoders digest, compress and hash on several threads, one writer appends. A budget
/// bounds the bytes between, so a slow disk slows the readers and never fills memory. The first failure stops all
/// stages and is the one that is thrown.
/// </summary>
internal sealed class BlockPipeline : IBlockSink, IDisposable
{
    private const long BudgetBytes = 32 << 20;

    // Beyond this a reader waits until its block is in the file: with the next one already received, elements of 64 MiB
    // would need a third time their size.
    private const int LargeBytes = 2 * BlockCutter.PartBytes;

    private readonly ArchiveWriter _archive;
    private readonly LiveBlocks _live;
    private readonly GraphDigest _digest;
    private readonly BlockBuffers _buffers;
    private readonly int _level;
    private readonly CancellationTokenSource _stop;
    private readonly ByteBudget _inFlight = new(BudgetBytes);
    private readonly Channel<RawBlock> _raw = Channel.CreateUnbounded<RawBlock>();
    private readonly Channel<EncodedBlock> _encoded = Channel.CreateUnbounded<EncodedBlock>();
    private readonly Task[] _encoders;
    private readonly Task _writer;
    private Exception? _failure;
    private long _elements;

    public BlockPipeline(
        ArchiveWriter archive, LiveBlocks live, GraphDigest digest, BlockBuffers buffers, int compressionLevel,
        CancellationToken cancellation)
    {
        _archive = archive;
        _live = live;
        _digest = digest;
        _buffers = buffers;
        _level = compressionLevel;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var encoders = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);
        _encoders = [.. Enumerable.Range(0, encoders).Select(_ => Task.Run(EncodeAsync, CancellationToken.None))];
        _writer = Task.Run(WriteAsync, CancellationToken.None);
    }

    /// <summary>Cancelled when the caller cancels and when any stage fails.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Elements that have come in so far.</summary>
    public long Elements => Interlocked.Read(ref _elements);

    /// <summary>Hands over a block; waits while the stages behind are busy.</summary>
    public async ValueTask SubmitAsync(RawBlock block)
    {
        Interlocked.Add(ref _elements, block.Count);
        var length = block.Length;
        try
        {
            await _inFlight.TakeAsync(length, Stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _buffers.Return(block.Buffer);
            throw;
        }
        await _raw.Writer.WriteAsync(block, CancellationToken.None).ConfigureAwait(false);
        if (length > LargeBytes)
            await _inFlight.WaitUntilFreeAsync(Stopping).ConfigureAwait(false);
    }

    /// <summary>Stops everything because of <paramref name="failure"/>; the first one counts.</summary>
    public void Fail(Exception failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        _stop.Cancel();
    }

    /// <summary>Returns when every block handed over is in the file, or throws what went wrong first.</summary>
    public async Task CompleteAsync()
    {
        _raw.Writer.TryComplete();
        await Task.WhenAll(_encoders).ConfigureAwait(false);
        _encoded.Writer.TryComplete();
        await _writer.ConfigureAwait(false);
        if (_failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
    }

    /// <summary>Frees what was on its way when the stages stopped.</summary>
    public void Dispose()
    {
        while (_raw.Reader.TryRead(out var block))
            _buffers.Return(block.Buffer);
        while (_encoded.Reader.TryRead(out var block))
            block.Dispose();
        _stop.Dispose();
        _inFlight.Dispose();
    }

    private async Task EncodeAsync()
    {
        try
        {
            await foreach (var block in _raw.Reader.ReadAllAsync(Stopping).ConfigureAwait(false))
            {
                EncodedBlock? encoded;
                try
                {
                    encoded = Encode(block);
                }
                finally
                {
                    _buffers.Return(block.Buffer);
                }
                if (encoded is null)
                    _inFlight.Return(block.Length);
                else
                    await _encoded.Writer.WriteAsync(encoded, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    private EncodedBlock? Encode(RawBlock block)
    {
        if (block.Key.Kind == BlockKind.Nodes)
            _digest.AddNodes(block.Key, block.Content);
        else
            _digest.AddRelationships(block.Key, block.Content);
        if (_live.Pass > 1 && _live.Confirm(block.Key, XxHash128.HashToUInt128(block.Content)))
            return null;
        return EncodedBlock.Encode(block.Key, block.Count, block.Content, _level);
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var block in _encoded.Reader.ReadAllAsync(Stopping).ConfigureAwait(false))
            {
                using (block)
                    _live.Set(_archive.Write(block));
                _inFlight.Return(block.Entry.RawLength);
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }
}
