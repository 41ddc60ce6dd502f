using System.Collections.Concurrent;
using Grap.Archives.Columns;
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

    private static readonly ConcurrentBag<BlockCodec> Pool = [];

    private Compressor? _compressor;
    private Decompressor? _decompressor;
    private ColumnWriter? _columns;

    private BlockCodec() { }

    /// <summary>Memory for the length of one rental.</summary>
    public NativeBuffer Scratch { get; private set; } = new();

    /// <summary>Columns, for the length of one rental: at most 4 MiB.</summary>
    public NativeBuffer Form { get; } = new();

    /// <summary>Planes of numbers while these are laid together, for the length of one rental: at most 4 MiB.</summary>
    public NativeBuffer Numbers { get; } = new();

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

    /// <summary>Writes a block's content as columns into <see cref="Form"/>; false if it has none that are
    /// smaller.</summary>
    public bool TryWriteColumns(BlockKey key, int count, ReadOnlySpan<byte> content)
    {
        _columns ??= new ColumnWriter();
        return _columns.TryWrite(key, count, content, Form);
    }

    /// <summary>Decompresses into <paramref name="destination"/>; false if the bytes are no Zstandard or give more than
    /// fits. Never writes or allocates more, whatever the bytes claim.</summary>
    public bool TryDecompress(ReadOnlySpan<byte> stored, Span<byte> destination, out int written)
    {
        _decompressor ??= new Decompressor();
        written = 0;
        try
        {
            return _decompressor.TryUnwrap(stored, destination, out written);
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
        if (Pool.Count < BlockRoom.Kept)
        {
            Pool.Add(this);
            return;
        }
        Scratch.Dispose();
        Form.Dispose();
        Numbers.Dispose();
        _compressor?.Dispose();
        _decompressor?.Dispose();
    }
}
