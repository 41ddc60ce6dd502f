using System.Collections.Concurrent;
using Grap.Bolt;
using ZstdSharp;

namespace Grap.Archives;

/// <summary>
/// Zstandard, one frame per block. A codec is rented for one call at a time: its compressor, decompressor and scratch
/// memory are costly to make (about 1 MiB each) and hold no data between calls, so that a bounded number of them is
/// kept for the process.
/// </summary>
internal sealed class BlockCodec : IDisposable
{
    /// <summary>Scratch memory above this goes back to the system after use: ordinary blocks hold 4 MiB.</summary>
    private const int KeptScratch = 8 << 20;

    private static readonly int Kept = Math.Max(2, Environment.ProcessorCount);
    private static readonly ConcurrentBag<BlockCodec> Pool = [];

    private Compressor? _compressor;
    private Decompressor? _decompressor;

    private BlockCodec() { }

    /// <summary>Memory for the length of one rental.</summary>
    public NativeBuffer Scratch { get; private set; } = new();

    public static BlockCodec Rent() => Pool.TryTake(out var codec) ? codec : new BlockCodec();

    /// <summary>Compresses into less room than <paramref name="content"/> takes; false if it does not fit, that is, if
    /// it is not worth it.</summary>
    public bool TryCompress(ReadOnlySpan<byte> content, int level, Span<byte> smaller, out int written)
    {
        _compressor ??= new Compressor(level);
        if (_compressor.Level != level)
            _compressor.Level = level;
        return _compressor.TryWrap(content, smaller, out written);
    }

    /// <summary>Decompresses into exactly <paramref name="content"/>; false if the bytes are no Zstandard or give
    /// another length. Never writes or allocates more, whatever the bytes claim.</summary>
    public bool TryDecompress(ReadOnlySpan<byte> stored, Span<byte> content)
    {
        _decompressor ??= new Decompressor();
        try
        {
            return _decompressor.TryUnwrap(stored, content, out var written) && written == content.Length;
        }
        catch (ZstdException)
        {
            // Bad bytes; the caller says which block they are in.
            return false;
        }
    }

    /// <summary>Gives the codec back.</summary>
    public void Dispose()
    {
        Scratch.Clear();
        if (Scratch.Capacity > KeptScratch)
        {
            Scratch.Dispose();
            Scratch = new NativeBuffer();
        }
        if (Pool.Count < Kept)
        {
            Pool.Add(this);
            return;
        }
        Scratch.Dispose();
        _compressor?.Dispose();
        _decompressor?.Dispose();
    }
}
