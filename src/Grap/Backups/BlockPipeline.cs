using System.IO.Hashing;
using System.Threading.Channels;
using Grap.Archives;
using Grap.Graphs;

namespace Grap.Backups;

/// <summary>
/// From raw blocks to the file: encoders digest, compress and hash on several threads, one writer appends. The queues between are short, so a
/// slow disk slows the readers and never fills memory. The first failure stops all stages and is the one that is thrown.
/// </summary>
internal sealed class BlockPipeline : IDisposable
{
    private readonly ArchiveWriter _archive;
    private readonly LiveBlocks _live;
    private readonly GraphDigest _digest;
    private readonly BlockBuffers _buffers;
    private readonly int _level;
    private readonly CancellationTokenSource _stop;
    private readonly Channel<RawBlock> _raw;
    private readonly Channel<EncodedBlock> _encoded;
    private readonly Task[] _encoders;
    private readonly Task _writer;
    private Exception? _failure;
    private long _elements;
    private long _bytes;

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
        _raw = Channel.CreateBounded<RawBlock>(encoders + 1);
        _encoded = Channel.CreateBounded<EncodedBlock>(2);
        _encoders = [.. Enumerable.Range(0, encoders).Select(_ => Task.Run(EncodeAsync, CancellationToken.None))];
        _writer = Task.Run(WriteAsync, CancellationToken.None);
    }

    /// <summary>Cancelled when the caller cancels and when any stage fails.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Elements that have come in so far.</summary>
    public long Elements => Interlocked.Read(ref _elements);

    /// <summary>Bytes of content that have come in so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Hands over a block; waits while the stages behind are busy.</summary>
    public ValueTask SubmitAsync(RawBlock block)
    {
        Interlocked.Add(ref _elements, block.Count);
        Interlocked.Add(ref _bytes, block.Length);
        return _raw.Writer.WriteAsync(block, Stopping);
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
                if (encoded is not null)
                    await _encoded.Writer.WriteAsync(encoded, Stopping).ConfigureAwait(false);
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
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }
}
